"""spsolve.py EDGES PARTIES RUNS SOLUTION TIMES: (I - C) x = b by scipy.sparse.linalg.spsolve, b all ones.

EDGES is a CSV file of owner, owned and share, parties numbered from 0. The matrix is made before the clock starts.
SOLUTION becomes a CSV file of party and x, TIMES one of name, run and milliseconds; run 0 is not counted.
"""
import sys
import time

import numpy
import scipy
from scipy.sparse import coo_matrix, identity
from scipy.sparse.linalg import spsolve

edges, parties, runs, solution, times = sys.argv[1:]
parties = int(parties)
owner, owned, share = numpy.loadtxt(edges, delimiter=",", unpack=True)
held = coo_matrix((share, (owner.astype(int), owned.astype(int))), shape=(parties, parties))
matrix = (identity(parties) - held).tocsc()
ones = numpy.ones(parties)
with open(times, "w") as out:
    for run in range(int(runs) + 1):
        start = time.perf_counter()
        x = spsolve(matrix, ones)
        out.write("scipy: spsolve,%d,%.3f\n" % (run, 1000 * (time.perf_counter() - start)))
with open(solution, "w") as out:
    for party, value in enumerate(x):
        out.write("%d,%r\n" % (party, float(value)))
print("scipy %s, %d parties, %d edges" % (scipy.__version__, parties, held.nnz))
