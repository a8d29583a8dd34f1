//! How long something is waited for, and how long to pause between two looks or tries.

use std::hash::{BuildHasher, Hasher};
use std::time::Duration;
use tokio::time::sleep;

/// How long to go on, and how long to pause between attempts.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// All attempts together.
    pub bound: Duration,
    /// The first pause, at most.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
}

impl Patience {
    /// Two minutes, as a rule: providers name no bound, and Terraform's settled on this one for AWS's
    /// IAM and S3.
    #[must_use]
    pub fn within(bound: Duration) -> Self {
        Self {
            bound,
            first: Duration::from_millis(500),
            longest: Duration::from_secs(5),
        }
    }

    /// The pause after so many attempts: doubled each time, half of it by chance.
    #[must_use]
    pub fn pause(&self, attempts: u32) -> Duration {
        let full = self
            .first
            .saturating_mul(1 << attempts.min(16))
            .min(self.longest);
        let chance = std::hash::RandomState::new().build_hasher().finish() % 1000;
        full.mul_f64(0.5 + chance as f64 / 2000.0)
    }
}

/// How often something is looked at that may look otherwise in a moment. Not for long: what a provider
/// shows for good takes this at every plan, a second or so.
const LOOKS: u32 = 3;

/// Repeats `look` while what is found may not be what the provider shows in the end.
///
/// # Errors
/// That of a look.
pub async fn look_again<T, E, F: Future<Output = Result<T, E>>>(
    patience: &Patience,
    is_doubtful: impl Fn(&T) -> bool,
    look: impl Fn() -> F,
) -> Result<T, E> {
    let mut found = look().await?;
    for attempts in 1..LOOKS {
        if !is_doubtful(&found) {
            break;
        }
        sleep(patience.pause(attempts - 1)).await;
        found = look().await?;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    const FAST: Patience = Patience {
        bound: Duration::from_millis(60),
        first: Duration::from_millis(1),
        longest: Duration::from_millis(8),
    };

    #[tokio::test]
    async fn what_is_doubtful_is_looked_at_again_but_not_for_long() {
        for (clear_at, looks) in [(1, 1), (2, 2), (3, 3), (99, 3)] {
            let looked = AtomicUsize::new(0);
            let look = || async { Ok::<_, ()>(looked.fetch_add(1, Ordering::SeqCst) + 1) };
            let found = look_again(&FAST, |found| *found < clear_at, look).await;
            assert_eq!((found, looked.into_inner()), (Ok(looks), looks));
        }
    }

    #[test]
    fn pauses_grow_to_their_longest() {
        let patience = Patience::within(Duration::from_secs(120));
        for (attempts, most) in [(0, 0.5), (1, 1.0), (2, 2.0), (3, 4.0), (4, 5.0), (40, 5.0)] {
            let pause = patience.pause(attempts).as_secs_f64();
            assert!(pause >= most / 2.0 && pause <= most, "{attempts}: {pause}");
        }
    }
}
