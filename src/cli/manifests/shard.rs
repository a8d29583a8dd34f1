//! Which part of the manifests a run is for, so that many runs share them.

use crate::files;
use std::fmt;
use std::str::FromStr;

/// More runs than this share nothing that would be worth it.
const MOST: u16 = 10_000;

/// One of several parts, counted from 1: `2/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Shard {
    index: u16,
    of: u16,
}

impl Shard {
    /// Whether the manifest of this name is in the part.
    ///
    /// The name is the manifest's own: it stays the same wherever the file is and whatever it is
    /// called, on every machine, and two manifests of one name, which is a mistake, meet in one part
    /// and are told. No other manifest changes it. SHA-256 makes it even, and the same in every
    /// version of s3setup.
    pub(super) fn has(self, name: &str) -> bool {
        let digest = files::sha256(name.as_bytes());
        let number = digest.get(..16).map(|head| u64::from_str_radix(head, 16));
        let number = number.and_then(Result::ok).unwrap_or_default();
        number % u64::from(self.of) == u64::from(self.index - 1)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/');
        let numbers = numbers.and_then(|(index, of)| Some((digits(index)?, digits(of)?)));
        match numbers {
            Some((index, of)) if (1..=of).contains(&index) && of <= MOST => Ok(Self { index, of }),
            Some((0, _)) => {
                Err("parts are counted from 1: write 1/8 for the first of 8".to_owned())
            }
            Some((_, of)) if of > MOST => Err(format!("there are {MOST} parts at the most")),
            Some((index, of)) => Err(format!("there is no part {index} of {of}")),
            None => Err("write it as I/N, such as 1/8 for the first of 8".to_owned()),
        }
    }
}

/// A number without a sign.
fn digits(text: &str) -> Option<u16> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // More than fits is more than there may be.
    plain.then(|| text.parse().unwrap_or(u16::MAX))
}

impl fmt::Display for Shard {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.index, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_part_is_written_as_a_test_runner_writes_it() {
        for good in ["1/1", "8/8", "3/10000"] {
            let shard: Shard = good.parse().unwrap();
            assert_eq!(shard.to_string(), good);
        }
        let table = [
            ("0/8", "counted from 1"),
            ("9/8", "no part 9 of 8"),
            ("1/0", "no part 1 of 0"),
            ("1/10001", "10000 parts"),
            ("1/99999999", "10000 parts"),
            ("+1/8", "I/N"),
            ("1", "I/N"),
            ("/", "I/N"),
        ];
        for (bad, says) in table {
            let error = bad.parse::<Shard>().unwrap_err();
            assert!(error.contains(says), "{bad}: {error}");
        }
    }

    /// These may never change: runs of two versions share the manifests of one fleet.
    #[test]
    fn the_part_of_a_name_is_the_same_in_every_version() {
        let part = |name: &str| {
            (1..=8).find(|index| {
                Shard {
                    index: *index,
                    of: 8,
                }
                .has(name)
            })
        };
        let parts: Vec<Option<u16>> = ["neon", "rudderstack", "team-a", "team-b", ""]
            .into_iter()
            .map(part)
            .collect();
        assert_eq!(parts, [Some(2), Some(8), Some(5), Some(3), Some(5)]);
    }

    #[test]
    fn parts_are_even() {
        let counts = (1..=8).map(|index| {
            let shard = Shard { index, of: 8 };
            let names = (0..800).map(|number| format!("manifest-{number}"));
            names.filter(|name| shard.has(name)).count()
        });
        let counts: Vec<usize> = counts.collect();
        assert!(
            counts.iter().all(|count| (60..=140).contains(count)),
            "{counts:?}"
        );
    }

    proptest! {
        #[test]
        fn every_name_is_in_exactly_one_part(name in ".{0,40}", of in 1u16..=60) {
            let parts = (1..=of).filter(|index| Shard { index: *index, of }.has(&name));
            prop_assert_eq!(parts.count(), 1);
        }
    }
}
