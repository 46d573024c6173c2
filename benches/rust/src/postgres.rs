//! PostgreSQL: this library against tokio-postgres.

use crate::harness::{Chosen, Contender, Line, measure, measure_with_memory};
use crate::models::{self, User};
use crate::raw;
use futures_util::TryStreamExt;
use std::collections::HashMap;
use std::pin::pin;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Statement};
use yara_orm::prelude::*;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

pub async fn run(url: &str, chosen: &Chosen) -> Outcome<Vec<Line>> {
    let db = Db::connect(url).await?;
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    let mut lines = Vec::new();
    for rows in [1, 10, 100, 1_000, 10_000] {
        if !chosen.workload(&format!("load {rows} rows")) {
            continue;
        }
        models::fill(&db, rows, 0, 0).await?;
        lines.push(load(&db, &client, rows).await?);
    }
    models::fill(&db, 10_000, 10, 10).await?;
    client.batch_execute("ANALYZE").await?;
    if chosen.workload("get by key") {
        lines.push(get(&db, &client).await?);
    }
    if chosen.workload("update by key") {
        lines.push(update(&db, &client).await?);
    }
    if chosen.workload("associations") {
        lines.push(associations(&db, &client).await?);
    }
    for rows in [1, 10, 25, 50, 100] {
        if chosen.workload(&format!("insert {rows} rows")) {
            lines.push(insert(&db, &client, rows).await?);
        }
    }
    models::fill(&db, 10_000, 0, 0).await?;
    if chosen.workload("concurrent") {
        lines.push(concurrent(url).await?);
    }
    if chosen.workload("stream") {
        models::fill(&db, 200_000, 0, 0).await?;
        lines.push(stream(&db, &client).await?);
    }
    Ok(lines)
}

/// The version of the server.
pub async fn version(url: &str) -> Outcome<String> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    let version: String = client.query_one("SHOW server_version", &[]).await?.get(0);
    Ok(version.split(' ').next().unwrap_or_default().to_owned())
}

fn user(row: &tokio_postgres::Row) -> raw::User {
    raw::User { id: row.get(0), name: row.get(1), hair_color: row.get(2) }
}

/// All users, streamed into structs.
async fn load(db: &Db, client: &Client, rows: usize) -> Outcome<Line> {
    let statement = client.prepare("SELECT id, name, hair_color FROM users").await?;
    let statement = &statement;
    let contenders = vec![
        Contender {
            name: "tokio-postgres",
            run: Box::new(move |repeat| {
                Box::pin(async move {
                    for _ in 0..repeat {
                        let none: [&(dyn ToSql + Sync); 0] = [];
                        let stream = client.query_raw(statement, none).await.unwrap();
                        let users: Vec<raw::User> =
                            stream.map_ok(|row| user(&row)).try_collect().await.unwrap();
                        assert_eq!(users.len(), rows);
                    }
                })
            }),
        },
        Contender {
            name: "yara-orm",
            run: Box::new(move |repeat| {
                Box::pin(async move {
                    for _ in 0..repeat {
                        assert_eq!(User::query().all(db).await.unwrap().len(), rows);
                    }
                })
            }),
        },
    ];
    Ok(measure(format!("load {rows} rows"), (20_000 / (rows + 20)).max(5), contenders).await)
}

/// 200 000 users, one after the other.
async fn stream(db: &Db, client: &Client) -> Outcome<Line> {
    let statement = client.prepare("SELECT id, name, hair_color FROM users").await?;
    let statement = &statement;
    let contenders = vec![
        Contender {
            name: "tokio-postgres",
            run: Box::new(move |repeat| {
                Box::pin(async move {
                    for _ in 0..repeat {
                        let none: [&(dyn ToSql + Sync); 0] = [];
                        let mut rows = pin!(client.query_raw(statement, none).await.unwrap());
                        let mut count = 0;
                        while let Some(row) = rows.try_next().await.unwrap() {
                            count += user(&row).name.len().min(1);
                        }
                        assert_eq!(count, 200_000);
                    }
                })
            }),
        },
        Contender {
            name: "yara-orm",
            run: Box::new(move |repeat| {
                Box::pin(async move {
                    for _ in 0..repeat {
                        assert_eq!(crate::sqlite::yara_stream(db).await, 200_000);
                    }
                })
            }),
        },
    ];
    Ok(measure_with_memory("stream 200 000 rows", 1, contenders).await)
}

async fn get(db: &Db, client: &Client) -> Outcome<Line> {
    let statement = client.prepare("SELECT id, name, hair_color FROM users WHERE id = $1").await?;
    let statement = &statement;
    let contenders = vec![
        Contender {
            name: "tokio-postgres",
            run: Box::new(move |repeat| {
                Box::pin(async move {
                    for at in 0..repeat {
                        let key = (at * 7 % 10_000 + 1) as i64;
                        let row = client.query_one(statement, &[&key]).await.unwrap();
                        assert_eq!(user(&row).id, key);
                    }
                })
            }),
        },
        Contender {
            name: "yara-orm",
            run: Box::new(move |repeat| {
                Box::pin(async move {
                    for at in 0..repeat {
                        let key = (at * 7 % 10_000 + 1) as i64;
                        assert_eq!(User::find(key).one(db).await.unwrap().id, key);
                    }
                })
            }),
        },
    ];
    Ok(measure("get by key", 1_000, contenders).await)
}

async fn update(db: &Db, client: &Client) -> Outcome<Line> {
    let statement = client.prepare("UPDATE users SET name = $2 WHERE id = $1").await?;
    let statement = &statement;
    let contenders = vec![
        Contender {
            name: "tokio-postgres",
            run: Box::new(move |repeat| {
                Box::pin(async move {
                    for at in 0..repeat {
                        let key = (at * 7 % 10_000 + 1) as i64;
                        let count = client.execute(statement, &[&key, &"New name"]).await.unwrap();
                        assert_eq!(count, 1);
                    }
                })
            }),
        },
        Contender {
            name: "yara-orm",
            run: Box::new(move |repeat| {
                Box::pin(async move {
                    for at in 0..repeat {
                        let key = (at * 7 % 10_000 + 1) as i64;
                        let change = User::find(key).update().set(User::name, "New name");
                        assert_eq!(change.exec(db).await.unwrap(), 1);
                    }
                })
            }),
        },
    ];
    Ok(measure("update by key", 300, contenders).await)
}

/// 100 users with their 10 posts with their 10 comments each, in order.
async fn associations(db: &Db, client: &Client) -> Outcome<Line> {
    let users =
        client.prepare("SELECT id, name, hair_color FROM users ORDER BY id LIMIT 100").await?;
    let posts = client
        .prepare("SELECT id, user_id, title, body FROM posts WHERE user_id = ANY($1) ORDER BY id")
        .await?;
    let comments = client
        .prepare("SELECT id, post_id, text FROM comments WHERE post_id = ANY($1) ORDER BY id")
        .await?;
    let (users, posts, comments) = (&users, &posts, &comments);
    let contenders = vec![
        Contender {
            name: "tokio-postgres",
            run: Box::new(move |repeat| {
                Box::pin(async move {
                    for _ in 0..repeat {
                        assert_eq!(raw_associations(client, users, posts, comments).await, 10_000);
                    }
                })
            }),
        },
        Contender {
            name: "yara-orm",
            run: Box::new(move |repeat| {
                Box::pin(async move {
                    for _ in 0..repeat {
                        assert_eq!(crate::sqlite::yara_associations(db).await, 10_000);
                    }
                })
            }),
        },
    ];
    Ok(measure("100 users, 1 000 posts, 10 000 comments", 8, contenders).await)
}

async fn raw_associations(
    client: &Client,
    users: &Statement,
    posts: &Statement,
    comments: &Statement,
) -> usize {
    let users: Vec<raw::User> = client.query(users, &[]).await.unwrap().iter().map(user).collect();
    let keys: Vec<i64> = users.iter().map(|user| user.id).collect();
    let posts: Vec<raw::Post> = client
        .query(posts, &[&keys])
        .await
        .unwrap()
        .iter()
        .map(|row| raw::Post {
            id: row.get(0),
            user_id: row.get(1),
            title: row.get(2),
            body: row.get(3),
        })
        .collect();
    let keys: Vec<i64> = posts.iter().map(|post| post.id).collect();
    let mut by_post: HashMap<i64, Vec<raw::Comment>> = HashMap::new();
    for row in client.query(comments, &[&keys]).await.unwrap() {
        let comment = raw::Comment { id: row.get(0), post_id: row.get(1), text: row.get(2) };
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

async fn insert(db: &Db, client: &Client, rows: usize) -> Outcome<Line> {
    let text =
        format!("INSERT INTO users (name, hair_color) VALUES {}", raw::placeholders(rows, 2, '$'));
    let statement = client.prepare(&text).await?;
    let statement = &statement;
    let contenders = vec![
        Contender {
            name: "tokio-postgres",
            run: Box::new(move |repeat| {
                Box::pin(async move {
                    for _ in 0..repeat {
                        let users: Vec<(String, Option<String>)> = (0..rows)
                            .map(|at| (format!("User {at}"), Some("hair color".to_owned())))
                            .collect();
                        let values: Vec<&(dyn ToSql + Sync)> = users
                            .iter()
                            .flat_map(|(name, hair)| {
                                [name as &(dyn ToSql + Sync), hair as &(dyn ToSql + Sync)]
                            })
                            .collect();
                        assert_eq!(client.execute(statement, &values).await.unwrap(), rows as u64);
                    }
                })
            }),
        },
        Contender {
            name: "yara-orm",
            run: Box::new(move |repeat| {
                Box::pin(async move {
                    for _ in 0..repeat {
                        assert_eq!(crate::sqlite::yara_insert(db, rows).await, rows as u64);
                    }
                })
            }),
        },
    ];
    Ok(measure(format!("insert {rows} rows"), 100, contenders).await)
}

/// 64 tasks that each get rows by key, over a pool of 8 connections.
async fn concurrent(url: &str) -> Outcome<Line> {
    const TASKS: usize = 64;
    let db = Db::builder(url).max_size(8).connect().await?;
    let config: tokio_postgres::Config = url.parse()?;
    let manager = deadpool_postgres::Manager::new(config, NoTls);
    let pool = deadpool_postgres::Pool::builder(manager).max_size(8).build()?;
    let (db, pool) = (&db, &pool);
    let key = |task: usize, at: usize| ((task * 131 + at * 7) % 10_000 + 1) as i64;
    let contenders = vec![
        Contender {
            name: "tokio-postgres",
            run: Box::new(move |repeat| {
                Box::pin(async move {
                    let tasks: Vec<_> = (0..TASKS)
                        .map(|task| {
                            let pool = pool.clone();
                            tokio::spawn(async move {
                                for at in 0..repeat {
                                    let client = pool.get().await.unwrap();
                                    let statement = client
                                        .prepare_cached(
                                            "SELECT id, name, hair_color FROM users WHERE id = $1",
                                        )
                                        .await
                                        .unwrap();
                                    let row = client
                                        .query_one(&statement, &[&key(task, at)])
                                        .await
                                        .unwrap();
                                    assert_eq!(user(&row).id, key(task, at));
                                }
                            })
                        })
                        .collect();
                    for task in tasks {
                        task.await.unwrap();
                    }
                })
            }),
        },
        Contender {
            name: "yara-orm",
            run: Box::new(move |repeat| {
                Box::pin(async move {
                    let tasks: Vec<_> = (0..TASKS)
                        .map(|task| {
                            let db = db.clone();
                            tokio::spawn(async move {
                                for at in 0..repeat {
                                    let key = key(task, at);
                                    assert_eq!(User::find(key).one(&db).await.unwrap().id, key);
                                }
                            })
                        })
                        .collect();
                    for task in tasks {
                        task.await.unwrap();
                    }
                })
            }),
        },
    ];
    Ok(measure("64 tasks get by key over 8 connections (64 gets; deadpool)", 30, contenders).await)
}
