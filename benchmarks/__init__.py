"""What the program promises about speed and memory, measured beside what one would use instead.

`./dev bench NAME` runs `benchmarks/NAME.py`: its `main()` measures each promise beside a control and writes
the table into docs/performance.md. Ratios travel from machine to machine; seconds do not.
"""
