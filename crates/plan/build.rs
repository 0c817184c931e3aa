//! Builds this crate again when a schema is added, removed or changed: `include_dir` alone sees changes only.

fn main() {
    println!("cargo::rerun-if-changed=../../schema/events");
}
