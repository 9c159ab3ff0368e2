from django.db import migrations


def take_names_out(apps, schema_editor):
    """A talk's title was made of its people's names, and so kept those of who was erased."""
    apps.get_model("networking", "Conversation").objects.filter(kind="direct").update(title="Direct talk")


class Migration(migrations.Migration):

    dependencies = [
        ("networking", "0006_reports_of_questions"),
    ]

    operations = [
        migrations.RunPython(take_names_out, migrations.RunPython.noop, elidable=True),
    ]
