CREATE TABLE IF NOT EXISTS "orm_migrations" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "app" VARCHAR(100) NOT NULL,
  "name" VARCHAR(255) NOT NULL,
  "applied_at" TIMESTAMP NOT NULL
);
CREATE TABLE IF NOT EXISTS "author" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" VARCHAR(100) NOT NULL UNIQUE,
  "mentor_id" INTEGER NULL,
  FOREIGN KEY ("mentor_id") REFERENCES "author" ("id") ON DELETE SET NULL
);
CREATE TABLE IF NOT EXISTS "tag" (
  "code" VARCHAR(20),
  PRIMARY KEY ("code")
);
CREATE TABLE IF NOT EXISTS "book" (
  "id" UUID,
  "title" VARCHAR(200) NOT NULL,
  "views" INTEGER NOT NULL,
  "price" VARCHAR(8) NULL,
  "size" VARCHAR(10) NOT NULL,
  "stamp" TIMESTAMP NOT NULL DEFAULT (CURRENT_TIMESTAMP),
  "author_id" INTEGER NOT NULL,
  PRIMARY KEY ("id"),
  FOREIGN KEY ("author_id") REFERENCES "author" ("id") ON DELETE CASCADE,
  CONSTRAINT "views_positive" CHECK (views >= 0),
  CONSTRAINT "one_price" UNIQUE ("title", "price"),
  CONSTRAINT "uniq_book_author_id_title" UNIQUE ("author_id", "title")
);
CREATE TABLE IF NOT EXISTS "book_tag" (
  "book_id" UUID NOT NULL,
  "tag_id" VARCHAR(20) NOT NULL,
  PRIMARY KEY ("book_id", "tag_id"),
  FOREIGN KEY ("book_id") REFERENCES "book" ("id") ON DELETE CASCADE,
  FOREIGN KEY ("tag_id") REFERENCES "tag" ("code") ON DELETE CASCADE
);
CREATE TABLE IF NOT EXISTS "loan" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "token" VARCHAR(64) NOT NULL DEFAULT (lower(hex(randomblob(8)))),
  "took" BIGINT NULL,
  "data" JSON NOT NULL,
  "book_id" UUID NULL UNIQUE,
  FOREIGN KEY ("book_id") REFERENCES "book" ("id") ON DELETE RESTRICT
);
INSERT INTO orm_migrations VALUES(1,'models','0001_initial','2026-11-29 15:04:17.485202');
INSERT INTO orm_migrations VALUES(2,'models','0002_second','2026-11-29 15:04:17.502528');
INSERT INTO author VALUES(1,'Ada',NULL);
INSERT INTO author VALUES(2,'Bob',1);
INSERT INTO tag VALUES('sql');
INSERT INTO book VALUES('00000000-0000-0000-0000-000000000001','Notes',20,'9.50','large','2026-11-29 15:04:17',1);
INSERT INTO book VALUES('00000000-0000-0000-0000-000000000002','Engine',5,NULL,'s','2026-11-29 15:04:17',2);
INSERT INTO book_tag VALUES('00000000-0000-0000-0000-000000000001','sql');
INSERT INTO loan VALUES(1,'cfaaf2656b744a69',3600000000,'{"a":[null],"z":1}','00000000-0000-0000-0000-000000000001');
CREATE UNIQUE INDEX "idx_book_price" ON "book" ("price");
CREATE INDEX "idx_book_title_views" ON "book" ("title", "views");
CREATE INDEX "popular" ON "book" ("views") WHERE views > 10;
