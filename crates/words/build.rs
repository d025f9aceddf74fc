//! Tells cargo that the words lie outside of the crate: a changed word is a changed program.

fn main() {
    println!("cargo:rerun-if-changed=../../static/locales");
}
