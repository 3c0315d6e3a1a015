"""The side bar: organization, projects, views, jobs."""
