//! The Rust benchmarks: this library against the drivers it stands on.
//!
//! `make bench` runs them; each prints a table and writes it to `benches/results/`. Words on the
//! command line choose the databases and workloads whose names contain one of them, and then
//! nothing is written: for looking closer at one line.

mod harness;
mod memory;
mod models;
mod postgres;
mod raw;
mod sqlite;

use std::fmt::Write;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let chosen = harness::Chosen::from_arguments();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../results");
    std::fs::create_dir_all(folder)?;
    if chosen.database("sqlite") {
        let lines = sqlite::run(&chosen).await?;
        if chosen.is_all() {
            let title = format!("SQLite {}", rusqlite::version());
            write(folder, "rust-sqlite.md", &title, &lines, "rusqlite")?;
        }
    }
    match std::env::var("YARA_TEST_POSTGRES_URL") {
        Ok(url) if !url.is_empty() => {
            if chosen.database("postgres") {
                let lines = postgres::run(&url, &chosen).await?;
                if chosen.is_all() {
                    let title = format!("PostgreSQL {}", postgres::version(&url).await?);
                    write(folder, "rust-postgres.md", &title, &lines, "tokio-postgres")?;
                }
            }
        }
        _ => println!("PostgreSQL is left out: YARA_TEST_POSTGRES_URL is not set"),
    }
    Ok(())
}

/// Writes a table with what is needed to read it and to run it again.
fn write(
    folder: &str,
    file: &str,
    title: &str,
    lines: &[harness::Line],
    floor: &str,
) -> std::io::Result<()> {
    let mut text = harness::table(&format!("{title}, from Rust"), lines);
    let _ = write!(
        text,
        "\nCells are ratios to raw {floor}, wall time / CPU time of the process; below 1 is faster. \
         Contenders run side by side in each of {} rounds, in turns that rotate; a figure is the \
         median. All decode every row into the same structs, with prepared statements, on tokio's \
         current-thread runtime, pinned to one core, with the server, if any, on the others.\n\n{}\n\
         {floor} {}. Command: `make bench`\n",
        harness::ROUNDS,
        machine(),
        locked_version(floor)
    );
    std::fs::write(format!("{folder}/{file}"), text)
}

/// The version of a crate that was built in.
fn locked_version(name: &str) -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let package = lock.split_once(&format!("name = \"{name}\"\nversion = \""));
    package.and_then(|(_, rest)| rest.split('"').next()).unwrap_or_default()
}

/// The machine and the compiler.
fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(" unknown");
    // Not those that this process is pinned to.
    let cores = cpu.lines().filter(|line| line.starts_with("processor")).count();
    let rustc = std::process::Command::new("rustc").arg("--version").output();
    let rustc = rustc.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    format!(
        "Machine: {} ({cores} cores, {}); {}.\n",
        model.trim_start_matches([' ', '\t', ':']),
        std::env::consts::OS,
        rustc.unwrap_or_default()
    )
}
