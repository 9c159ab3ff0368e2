"""Every event knows its newest announcement."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0012_revocations_outlive'),
    ]

    operations = [
        migrations.AddField(
            model_name='event',
            name='announced',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='portal.announcement'),
        ),
    ]
