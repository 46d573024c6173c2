//! Beginning a savepoint.

use super::{Place, Transaction};
use crate::error::Result;

pub(super) async fn begin(place: &Place) -> Result<Transaction> {
    let root = &place.root;
    root.in_time(async {
        // After the statements that were issued before it.
        let _turn = root.queue.lock().await;
        let mut state = root.state();
        state.usable(place)?;
        let id = state.push_savepoint();
        drop(state);
        Ok(Transaction::new(root.clone(), id, place.depth + 1))
    })
    .await
}
