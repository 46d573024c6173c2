# As yara-orm 1.19 has written it, but for the layout.
# ruff: noqa: RUF012
from yara_orm import db_defaults, fields
from yara_orm import migrations as m


class Migration(m.Migration):
    atomic = True
    dependencies = []
    operations = [
        m.CreateModelIfNotExists(
            "author",
            fields={
                "id": fields.IntField(pk=True),
                "name": fields.CharField(max_length=100, unique=True),
                "mentor_id": m.resolved_fk(
                    fields.ForeignKeyField("models.Author", on_delete="SET NULL", null=True),
                    table="author",
                    pk="id",
                    kind="int",
                ),
            },
        ),
        m.CreateModelIfNotExists(
            "tag",
            fields={
                "code": fields.CharField(max_length=20, pk=True),
            },
        ),
        m.CreateModelIfNotExists(
            "book",
            fields={
                "id": fields.UUIDField(pk=True),
                "name": fields.CharField(max_length=200),
                "views": fields.IntField(index=True),
                "price": fields.DecimalField(max_digits=8, decimal_places=2, null=True),
                "size": fields.CharField(max_length=10),
                "stamp": fields.DatetimeField(default=db_defaults.Now()),
                "old": fields.TextField(null=True),
                "author_id": m.resolved_fk(
                    fields.ForeignKeyField("models.Author"), table="author", pk="id", kind="int"
                ),
            },
            composite_indexes={
                "idx_book_name_views": {
                    "columns": ["name", "views"],
                    "condition": None,
                    "unique": False,
                    "using": None,
                    "include": None,
                    "opclass": None,
                }
            },
            constraints=[
                m.CheckConstraint(check="views >= 0", name="views_positive"),
                m.UniqueConstraint(fields=["author_id", "name"], name="uniq_book_author_id_name"),
            ],
        ),
        m.CreateModelIfNotExists(
            "book_tag",
            fields={
                "book_id": m.resolved_fk(
                    fields.ForeignKeyField("Book"), table="book", pk="id", kind="uuid"
                ),
                "tag_id": m.resolved_fk(
                    fields.ForeignKeyField("Tag"),
                    table="tag",
                    pk="code",
                    kind="varchar",
                    type_params={"max_length": 20},
                ),
            },
            composite_pk=["book_id", "tag_id"],
        ),
    ]
