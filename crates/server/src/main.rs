//! `zelo`.

/// A passage makes many small allocations, some on one thread that another frees: the system's allocator is slow at it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    zelo_server::main()
}
