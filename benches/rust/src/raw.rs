//! The rows as a program without an ORM has them.

#[derive(Debug)]
#[allow(dead_code, reason = "filled to be measured, not to be read")]
pub struct User {
    pub id: i64,
    pub name: String,
    pub hair_color: Option<String>,
}

#[derive(Debug)]
#[allow(dead_code, reason = "filled to be measured, not to be read")]
pub struct Post {
    pub id: i64,
    pub user_id: i64,
    pub title: String,
    pub body: Option<String>,
}

#[derive(Debug)]
#[allow(dead_code, reason = "filled to be measured, not to be read")]
pub struct Comment {
    pub id: i64,
    pub post_id: i64,
    pub text: String,
}

/// `($1, $2), ($3, $4), …`
pub fn placeholders(rows: usize, columns: usize, sign: char) -> String {
    let row = |at: usize| {
        let cells: Vec<String> =
            (1..=columns).map(|cell| format!("{sign}{}", at * columns + cell)).collect();
        format!("({})", cells.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}
