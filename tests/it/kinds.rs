//! Every kind of resource, at both servers: it settles, it is updated, its drift is found and
//! repaired, and it is made again when it has disappeared. boto3 is the witness.

/// One test at both servers, each a test by itself.
macro_rules! at_both {
    ($($(#[$attribute:meta])* fn $name:ident($ground:ident) $body:block)*) => {$(
        $(#[$attribute])*
        fn $name($ground: &crate::kinds::ground::Ground) $body

        // A module and a function may share a name.
        mod $name {
            #[test]
            fn at_ministack() {
                super::$name(&crate::kinds::ground::Ground::ministack());
            }

            #[test]
            fn at_moto() {
                super::$name(&crate::kinds::ground::Ground::moto());
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
