//! SQLite: this library against rusqlite, which blocks the thread it is called on.

use crate::harness::{Chosen, Contender, Line, measure, measure_with_memory};
use crate::models::{self, Post, User};
use crate::raw;
use rusqlite::Connection;
use std::cell::RefCell;
use std::collections::HashMap;
use yara_orm::prelude::*;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

pub async fn run(chosen: &Chosen) -> Outcome<Vec<Line>> {
    let path = std::env::temp_dir().join(format!("yara-bench-{}.db", std::process::id()));
    let outcome = measured(&path.display().to_string(), chosen).await;
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{ending}", path.display()));
    }
    outcome
}

async fn measured(path: &str, chosen: &Chosen) -> Outcome<Vec<Line>> {
    let db = Db::connect(&format!("sqlite://{path}")).await?;
    let connection = Connection::open(path)?;
    // What this library sets, so that both run on the same SQLite.
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; \
         PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 134217728",
    )?;
    let connection = RefCell::new(connection);
    let mut lines = Vec::new();
    for rows in [1, 10, 100, 1_000, 10_000] {
        if !chosen.workload(&format!("load {rows} rows")) {
            continue;
        }
        models::fill(&db, rows, 0, 0).await?;
        lines.push(load(&db, &connection, rows).await);
    }
    models::fill(&db, 10_000, 10, 10).await?;
    if chosen.workload("get by key") {
        lines.push(get(&db, &connection).await);
    }
    if chosen.workload("update by key") {
        lines.push(update(&db, &connection).await);
    }
    if chosen.workload("associations") {
        lines.push(associations(&db, &connection).await);
    }
    for rows in [1, 10, 25, 50, 100] {
        if chosen.workload(&format!("insert {rows} rows")) {
            lines.push(insert(&db, &connection, rows).await);
        }
    }
    if chosen.workload("stream") {
        models::fill(&db, 200_000, 0, 0).await?;
        lines.push(stream(&db, &connection).await);
    }
    Ok(lines)
}

/// 200 000 users, one after the other.
async fn stream(db: &Db, connection: &RefCell<Connection>) -> Line {
    let contenders = pair(
        move |repeat| {
            for _ in 0..repeat {
                let connection = connection.borrow();
                let mut statement =
                    connection.prepare_cached("SELECT id, name, hair_color FROM users").unwrap();
                let users = statement.query_map([], user).unwrap();
                assert_eq!(
                    users.map(|user| user.unwrap().name.len().min(1)).sum::<usize>(),
                    200_000
                );
            }
        },
        move |repeat| {
            Box::pin(async move {
                for _ in 0..repeat {
                    assert_eq!(yara_stream(db).await, 200_000);
                }
            })
        },
    );
    measure_with_memory("stream 200 000 rows", 1, contenders).await
}

/// The same by this library, on either database.
pub async fn yara_stream(db: &Db) -> usize {
    let mut users = User::query().stream(db).await.unwrap();
    let mut count = 0;
    while let Some(user) = users.next().await {
        count += user.unwrap().name.len().min(1);
    }
    count
}

fn user(row: &rusqlite::Row<'_>) -> rusqlite::Result<raw::User> {
    Ok(raw::User { id: row.get(0)?, name: row.get(1)?, hair_color: row.get(2)? })
}

/// A pair of contenders; the raw one is not async.
fn pair<'a>(
    mut raw: impl FnMut(usize) + 'a,
    mut yara: impl FnMut(usize) -> std::pin::Pin<Box<dyn Future<Output = ()> + 'a>> + 'a,
) -> Vec<Contender<'a>> {
    vec![
        Contender {
            name: "rusqlite",
            run: Box::new(move |repeat| {
                raw(repeat);
                Box::pin(std::future::ready(()))
            }),
        },
        Contender { name: "yara-orm", run: Box::new(move |repeat| yara(repeat)) },
    ]
}

async fn load(db: &Db, connection: &RefCell<Connection>, rows: usize) -> Line {
    let contenders = pair(
        move |repeat| {
            for _ in 0..repeat {
                let connection = connection.borrow();
                let mut statement =
                    connection.prepare_cached("SELECT id, name, hair_color FROM users").unwrap();
                let users: Vec<raw::User> =
                    statement.query_map([], user).unwrap().collect::<Result<_, _>>().unwrap();
                assert_eq!(users.len(), rows);
            }
        },
        move |repeat| {
            Box::pin(async move {
                for _ in 0..repeat {
                    assert_eq!(User::query().all(db).await.unwrap().len(), rows);
                }
            })
        },
    );
    measure(format!("load {rows} rows"), (50_000 / (rows + 10)).max(5), contenders).await
}

async fn get(db: &Db, connection: &RefCell<Connection>) -> Line {
    let key = |at: usize| (at * 7 % 10_000 + 1) as i64;
    let contenders = pair(
        move |repeat| {
            for at in 0..repeat {
                let connection = connection.borrow();
                let mut statement = connection
                    .prepare_cached("SELECT id, name, hair_color FROM users WHERE id = ?1")
                    .unwrap();
                assert_eq!(statement.query_row([key(at)], user).unwrap().id, key(at));
            }
        },
        move |repeat| {
            Box::pin(async move {
                for at in 0..repeat {
                    assert_eq!(User::find(key(at)).one(db).await.unwrap().id, key(at));
                }
            })
        },
    );
    measure("get by key", 10_000, contenders).await
}

async fn update(db: &Db, connection: &RefCell<Connection>) -> Line {
    let key = |at: usize| (at * 7 % 10_000 + 1) as i64;
    let contenders = pair(
        move |repeat| {
            for at in 0..repeat {
                let connection = connection.borrow();
                let mut statement =
                    connection.prepare_cached("UPDATE users SET name = ?2 WHERE id = ?1").unwrap();
                assert_eq!(statement.execute((key(at), "New name")).unwrap(), 1);
            }
        },
        move |repeat| {
            Box::pin(async move {
                for at in 0..repeat {
                    let change = User::find(key(at)).update().set(User::name, "New name");
                    assert_eq!(change.exec(db).await.unwrap(), 1);
                }
            })
        },
    );
    measure("update by key", 500, contenders).await
}

async fn associations(db: &Db, connection: &RefCell<Connection>) -> Line {
    let contenders = pair(
        move |repeat| {
            for _ in 0..repeat {
                assert_eq!(raw_associations(&connection.borrow()), 10_000);
            }
        },
        move |repeat| {
            Box::pin(async move {
                for _ in 0..repeat {
                    assert_eq!(yara_associations(db).await, 10_000);
                }
            })
        },
    );
    measure("100 users, 1 000 posts, 10 000 comments", 8, contenders).await
}

/// Three statements, as one writes them by hand.
fn raw_associations(connection: &Connection) -> usize {
    let mut statement = connection
        .prepare_cached("SELECT id, name, hair_color FROM users ORDER BY id LIMIT 100")
        .unwrap();
    let users: Vec<raw::User> =
        statement.query_map([], user).unwrap().collect::<Result<_, _>>().unwrap();
    let text = format!(
        "SELECT id, user_id, title, body FROM posts WHERE user_id IN {} ORDER BY id",
        raw::placeholders(1, users.len(), '?')
    );
    let mut statement = connection.prepare_cached(&text).unwrap();
    let keys = rusqlite::params_from_iter(users.iter().map(|user| user.id));
    let post = |row: &rusqlite::Row<'_>| {
        Ok(raw::Post {
            id: row.get(0)?,
            user_id: row.get(1)?,
            title: row.get(2)?,
            body: row.get(3)?,
        })
    };
    let posts: Vec<raw::Post> =
        statement.query_map(keys, post).unwrap().collect::<Result<_, _>>().unwrap();
    let text = format!(
        "SELECT id, post_id, text FROM comments WHERE post_id IN {} ORDER BY id",
        raw::placeholders(1, posts.len(), '?')
    );
    let mut statement = connection.prepare_cached(&text).unwrap();
    let keys = rusqlite::params_from_iter(posts.iter().map(|post| post.id));
    let comment = |row: &rusqlite::Row<'_>| {
        Ok(raw::Comment { id: row.get(0)?, post_id: row.get(1)?, text: row.get(2)? })
    };
    let mut by_post: HashMap<i64, Vec<raw::Comment>> = HashMap::new();
    for row in statement.query_map(keys, comment).unwrap() {
        let comment = row.unwrap();
        by_post.entry(comment.post_id).or_default().push(comment);
    }
    let mut by_user: HashMap<i64, Vec<(raw::Post, Vec<raw::Comment>)>> = HashMap::new();
    for post in posts {
        let comments = by_post.remove(&post.id).unwrap_or_default();
        by_user.entry(post.user_id).or_default().push((post, comments));
    }
    let tree: Vec<_> = users
        .into_iter()
        .map(|user| {
            let posts = by_user.remove(&user.id).unwrap_or_default();
            (user, posts)
        })
        .collect();
    tree.iter().flat_map(|(_, posts)| posts).map(|(_, comments)| comments.len()).sum()
}

/// The same by this library, on either database.
pub async fn yara_associations(db: &Db) -> usize {
    let users = User::query()
        .order_by(User::id)
        .limit(100)
        .load(User::posts.order_by(Post::id).load(Post::comments))
        .all(db)
        .await
        .unwrap();
    let posts = users.iter().flat_map(|user| user.posts.get().unwrap());
    posts.map(|post| post.comments.get().unwrap().len()).sum()
}

/// An insert of rows in one statement, on either database.
pub async fn yara_insert(db: &Db, rows: usize) -> u64 {
    let row = |at: usize| User::create().name(format!("User {at}")).hair_color("hair color");
    User::insert_many((0..rows).map(row)).exec(db).await.unwrap()
}

async fn insert(db: &Db, connection: &RefCell<Connection>, rows: usize) -> Line {
    let text =
        format!("INSERT INTO users (name, hair_color) VALUES {}", raw::placeholders(rows, 2, '?'));
    let contenders = pair(
        move |repeat| {
            for _ in 0..repeat {
                let connection = connection.borrow();
                let mut statement = connection.prepare_cached(&text).unwrap();
                let values =
                    (0..rows).flat_map(|at| [format!("User {at}"), "hair color".to_owned()]);
                assert_eq!(statement.execute(rusqlite::params_from_iter(values)).unwrap(), rows);
            }
        },
        move |repeat| {
            Box::pin(async move {
                for _ in 0..repeat {
                    assert_eq!(yara_insert(db, rows).await, rows as u64);
                }
            })
        },
    );
    measure(format!("insert {rows} rows"), 100, contenders).await
}
