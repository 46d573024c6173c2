# As yara-orm 1.19 has written it, but for the layout.
# ruff: noqa: RUF012
from yara_orm import db_defaults, fields
from yara_orm import migrations as m


class Migration(m.Migration):
    atomic = True
    dependencies = ["0001_initial"]
    operations = [
        m.CreateModelIfNotExists(
            "loan",
            fields={
                "id": fields.BigIntField(pk=True),
                "token": fields.CharField(max_length=64, default=db_defaults.RandomHex(size=8)),
                "took": fields.TimeDeltaField(null=True),
                "data": fields.JSONField(),
                "book_id": m.resolved_fk(
                    fields.OneToOneField("models.Book", on_delete="RESTRICT", null=True),
                    table="book",
                    pk="id",
                    kind="uuid",
                ),
            },
        ),
        m.RemoveIndexIfExists("book", "views"),
        m.RenameField("book", "name", "title"),
        m.RemoveFieldIfExists("book", "old", fields.TextField(null=True)),
        m.AlterField("book", "views", fields.BigIntField(), old=fields.IntField(index=True)),
        m.RemoveCompositeIndexIfExists("book", "idx_book_name_views", ["name", "views"]),
        m.AddCompositeIndexIfNotExists("book", "idx_book_price", ["price"], unique=True),
        m.AddCompositeIndexIfNotExists("book", "idx_book_title_views", ["title", "views"]),
        m.AddCompositeIndexIfNotExists("book", "popular", ["views"], condition="views > 10"),
        m.RemoveConstraint(
            "book",
            m.UniqueConstraint(fields=["author_id", "name"], name="uniq_book_author_id_name"),
        ),
        m.AddConstraint("book", m.UniqueConstraint(fields=["title", "price"], name="one_price")),
        m.AddConstraint(
            "book",
            m.UniqueConstraint(fields=["author_id", "title"], name="uniq_book_author_id_title"),
        ),
    ]
