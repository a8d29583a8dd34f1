//! Two texts line by line, for people.

/// Lines of `new` that `old` has not with `+`, the other way round with `-`, and two lines around
/// them that both have.
pub fn difference(old: &str, new: &str) -> String {
    const AROUND: usize = 2;
    let lines = compare(old, new);
    let differs: Vec<usize> = lines
        .iter()
        .enumerate()
        .filter(|(_, (sign, _))| *sign != ' ')
        .map(|(at, _)| at)
        .collect();
    let mut text = String::new();
    let mut last = None;
    for (at, (sign, line)) in lines.iter().enumerate() {
        if differs.iter().any(|place| place.abs_diff(at) <= AROUND) {
            if last.is_some_and(|last| last + 1 != at) {
                text.push_str("  …\n");
            }
            text.push_str(&format!("{sign} {line}\n"));
            last = Some(at);
        }
    }
    text
}

/// Every line with its sign, by the longest common subsequence.
fn compare<'a>(old: &'a str, new: &'a str) -> Vec<(char, &'a str)> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    // longest[i][j]: how many lines old[i..] and new[j..] have in common.
    let mut longest = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            longest[i][j] = match old[i] == new[j] {
                true => longest[i + 1][j + 1] + 1,
                false => longest[i + 1][j].max(longest[i][j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            lines.push((' ', old[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || (i < old.len() && longest[i + 1][j] >= longest[i][j + 1]) {
            lines.push(('-', old[i]));
            i += 1;
        } else {
            lines.push(('+', new[j]));
            j += 1;
        }
    }
    lines
}

#[test]
fn a_difference_is_shown_with_the_lines_around_it() {
    let old = "a\nb\nc\nd\ne\nf\ng\nh\ni\n";
    let new = "a\nb\nc\nD\ne\nf\ng\nh\ni\nj\n";
    assert_eq!(
        difference(old, new),
        "  b\n  c\n- d\n+ D\n  e\n  f\n  …\n  h\n  i\n+ j\n"
    );
    assert_eq!(difference(old, old), "");
}
