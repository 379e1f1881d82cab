"""What no CRM holds and the firm keeps itself: people, absences, pins, links, approved moves."""
