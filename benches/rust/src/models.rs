//! The tables of the workloads, as models.

use yara_orm::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(table = "users")]
pub struct User {
    #[field(primary_key)]
    pub id: i64,
    pub name: String,
    pub hair_color: Option<String>,
    #[relation(reverse = "user")]
    pub posts: HasMany<Post>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "posts")]
pub struct Post {
    #[field(primary_key)]
    pub id: i64,
    pub user: ForeignKey<User>,
    pub title: String,
    pub body: Option<String>,
    #[relation(reverse = "post")]
    pub comments: HasMany<Comment>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "comments")]
pub struct Comment {
    #[field(primary_key)]
    pub id: i64,
    pub post: ForeignKey<Post>,
    pub text: String,
}

/// Makes the tables anew, with so many users, and posts and comments for the first of them.
pub async fn fill(db: &Db, users: usize, posts: usize, comments: usize) -> yara_orm::Result<()> {
    db.drop_tables::<(User, Post, Comment)>().await?;
    db.create_tables::<(User, Post, Comment)>().await?;
    let row = |at: usize| {
        let hair = (at % 2 == 0).then(|| format!("hair color {at}"));
        User::create().name(format!("User {at}")).hair_color(hair)
    };
    let users = User::insert_many((0..users).map(row)).all(db).await?;
    let row = |user: &User, at: usize| {
        let body = (at % 2 == 0).then(|| format!("body of post {at}"));
        Post::create().user(user).title(format!("Post {at} of {}", user.name)).body(body)
    };
    let rows = users.iter().take(100).flat_map(|user| (0..posts).map(move |at| row(user, at)));
    let posts = Post::insert_many(rows).all(db).await?;
    let rows = posts.iter().flat_map(|post| {
        (0..comments).map(move |at| Comment::create().post(post).text(format!("Comment {at}")))
    });
    Comment::insert_many(rows).exec(db).await?;
    Ok(())
}
