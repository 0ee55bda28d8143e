"""The live desk's meaning: events, the state they replay to, duties and clocks, alarms, roles, views. No I/O."""
