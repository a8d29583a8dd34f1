#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| s3setup_fuzz::properties::journal::holds(data));
