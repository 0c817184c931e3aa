//! `zelo`.

fn main() -> std::process::ExitCode {
    zelo_server::main()
}
