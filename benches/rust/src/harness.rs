//! Measuring contenders side by side: all of them in each round, in turns that rotate, and the
//! median of the rounds. Figures are ratios to the first contender, in wall time and in CPU time of
//! the process.

use crate::memory;
use cpu_time::ProcessTime;
use std::fmt::Write;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

pub const ROUNDS: usize = 9;

/// Runs a workload a number of times.
pub type Run<'a> = Box<dyn FnMut(usize) -> Pin<Box<dyn Future<Output = ()> + 'a>> + 'a>;

/// One way of doing a workload.
pub struct Contender<'a> {
    pub name: &'static str,
    pub run: Run<'a>,
}

/// A line of the table.
pub struct Line {
    workload: String,
    /// For each contender: name, median wall and CPU time of one repetition.
    times: Vec<(&'static str, Duration, Duration)>,
}

/// What the command line asks for.
pub struct Chosen(Vec<String>);

impl Chosen {
    pub fn from_arguments() -> Chosen {
        Chosen(std::env::args().skip(1).collect())
    }

    pub fn is_all(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a database is measured: it is named, or none is.
    pub fn database(&self, name: &str) -> bool {
        let is_named = |name: &str| self.0.iter().any(|word| word == name);
        is_named(name) || !["sqlite", "postgres"].into_iter().any(is_named)
    }

    /// Whether a workload is measured.
    pub fn workload(&self, name: &str) -> bool {
        let mut words = self
            .0
            .iter()
            .filter(|word| !["sqlite", "postgres"].contains(&word.as_str()))
            .peekable();
        words.peek().is_none() || words.any(|word| name.contains(word.as_str()))
    }
}

/// [`measure`], with the memory that each contender has in use at its peak, once, in the name.
pub async fn measure_with_memory(
    workload: &str,
    repeat: usize,
    mut contenders: Vec<Contender<'_>>,
) -> Line {
    let mut peaks = Vec::new();
    for contender in &mut contenders {
        // The first time, what is kept for later is allocated: prepared statements, buffers.
        (contender.run)(1).await;
        let peak = memory::peak((contender.run)(1)).await;
        peaks.push(format!("{} {peak} KiB", contender.name));
    }
    measure(format!("{workload} (peak memory: {})", peaks.join(", ")), repeat, contenders).await
}

/// Measures contenders of one workload; `repeat` repetitions make a round.
pub async fn measure(
    workload: impl Into<String>,
    repeat: usize,
    mut contenders: Vec<Contender<'_>>,
) -> Line {
    for contender in &mut contenders {
        (contender.run)(repeat.div_ceil(4)).await;
    }
    let count = contenders.len();
    let mut samples: Vec<Vec<(Duration, Duration)>> = vec![Vec::new(); count];
    for round in 0..ROUNDS {
        for turn in 0..count {
            let at = (round + turn) % count;
            let (wall, cpu) = (Instant::now(), ProcessTime::now());
            (contenders[at].run)(repeat).await;
            samples[at].push((wall.elapsed() / repeat as u32, cpu.elapsed() / repeat as u32));
        }
    }
    let times = contenders
        .iter()
        .zip(samples)
        .map(|(contender, samples)| {
            let wall = median(samples.iter().map(|sample| sample.0).collect());
            let cpu = median(samples.iter().map(|sample| sample.1).collect());
            (contender.name, wall, cpu)
        })
        .collect();
    let line = Line { workload: workload.into(), times };
    println!("{}", line.text());
    line
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

impl Line {
    /// `workload | 12.3 µs (wall) | contender wall ratio / CPU ratio | …`
    fn text(&self) -> String {
        let mut text = format!("| {} ", self.workload);
        let Some((_, base_wall, base_cpu)) = self.times.first() else { return text };
        let _ = write!(text, "| {:.1} µs ", base_wall.as_secs_f64() * 1e6);
        for (_, wall, cpu) in &self.times[1..] {
            let ratio = |time: &Duration, base: &Duration| time.as_secs_f64() / base.as_secs_f64();
            let _ = write!(text, "| {:.2} / {:.2} ", ratio(wall, base_wall), ratio(cpu, base_cpu));
        }
        text + "|"
    }
}

/// The table of one database.
pub fn table(title: &str, lines: &[Line]) -> String {
    let mut text = format!("## {title}\n\n");
    if let Some(first) = lines.first() {
        let _ = write!(text, "| workload | {} (median wall) ", first.times[0].0);
        for (name, ..) in &first.times[1..] {
            let _ = write!(text, "| {name} ");
        }
        let _ = write!(text, "|\n|{}\n", "---|".repeat(first.times.len() + 1));
    }
    for line in lines {
        text.push_str(&line.text());
        text.push('\n');
    }
    text
}
