//! Builds this crate again when a policy is added, removed or changed: `include_dir` alone sees changes only.

fn main() {
    println!("cargo::rerun-if-changed=../../policies");
}
