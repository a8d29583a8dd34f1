//! Every kind of resource, at both servers: it settles, it is updated, its drift is found and
//! repaired, and it is made again when it has disappeared. boto3 is the witness.

/// One test at both servers, each a test by itself.
macro_rules! at_both {
    ($($(#[$attribute:meta])* fn $name:ident($ground:ident) $body:block)*) => {$(
        $(#[$attribute])*
        mod $name {
            #[allow(unused_imports, reason = "a small test may need nothing of its file")]
            use super::*;

            fn test($ground: &crate::kinds::ground::Ground) $body

            #[test]
            fn at_ministack() {
                test(&crate::kinds::ground::Ground::ministack());
            }

            #[test]
            fn at_moto() {
                test(&crate::kinds::ground::Ground::moto());
            }
        }
    )*};
}

mod bucket;
mod bucket_policy;
mod cycle;
mod ground;
mod group;
mod kms_key;
mod oidc_provider;
mod ownership;
mod policy;
mod region;
mod role;
mod unmanaged;
mod user;
