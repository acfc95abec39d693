"""A dask scheduler with two workers of a process each, until standard input ends.

Its first line tells the address and the workers' process ids. In a process of its own, since it
leaves threads behind.
"""

import json
import sys


def main():
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        pids = [worker.process.pid for worker in cluster.workers.values()]
        print(json.dumps({"address": cluster.scheduler_address, "pids": pids}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
