//! What checking out costs; run with `cargo test --release -- --ignored cost --nocapture`.
use super::*;
use std::hint::black_box;
use std::time::Instant;

async fn measure(name: &str, rounds: u32, mut round: impl AsyncFnMut()) {
    let mut best = f64::MAX;
    for _ in 0..7 {
        let started = Instant::now();
        for _ in 0..rounds {
            round().await;
        }
        best = best.min(started.elapsed().as_nanos() as f64 / f64::from(rounds));
    }
    println!("{name}: {best:.0} ns");
}

#[tokio::test]
#[ignore = "a measurement, not a test"]
async fn the_cost_of_checking_out() {
    for pipeline in [1, 32] {
        let (pool, _) = pool(pipeline, 10);
        drop(pool.shared(Access::Read).await.unwrap());
        measure(&format!("deadpool alone, pipeline {pipeline}"), 200_000, async || {
            black_box(pool.inner.objects.timeout_get(&AT_ONCE).await.ok());
        })
        .await;
        measure(&format!("shared, pipeline {pipeline}"), 200_000, async || {
            black_box(pool.shared(Access::Read).await.unwrap());
        })
        .await;
        measure(&format!("exclusive, pipeline {pipeline}"), 200_000, async || {
            black_box(pool.exclusive(Purpose::Transaction).await.unwrap());
        })
        .await;
    }
    let (pool, _) = pool(32, 1);
    let _held = pool.shared(Access::Read).await.unwrap();
    measure("joining", 200_000, async || {
        black_box(pool.shared(Access::Read).await.unwrap());
    })
    .await;
    measure("Instant::now", 200_000, async || {
        black_box(Instant::now());
    })
    .await;
}
