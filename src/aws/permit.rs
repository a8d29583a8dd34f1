//! By what a call is the same as one that was announced.

use super::address::address;

/// The operation and the address. The ARN of a key of KMS is not known before it is made.
pub(super) fn key(operation: &'static str, on: &str) -> (&'static str, String) {
    let on = match operation.starts_with("kms:") {
        true => String::new(),
        false => address(on),
    };
    (operation, on)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_and_its_address_are_the_same_and_a_key_of_kms_is_any() {
        let role = "arn:aws:iam::1:role/r";
        let operation = "iam:PutRolePolicy";
        assert_eq!(key(operation, role), key(operation, "role.r"));
        let made = key("kms:CreateAlias", "arn:aws:kms:r:1:key/7");
        assert_eq!(made, key("kms:CreateAlias", "kms_key.k"));
    }
}
