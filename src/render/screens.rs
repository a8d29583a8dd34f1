//! Tests that show whole screens.
use super::fixtures::*;
use super::*;

#[test]
fn look() {
    println!("{}", plan_text(&neon(), &calls(), ELAPSED, &Style::default()));
}
