# Fits a polynomial to the load cell calibration in pontius.csv: once to all readings, and once without
# the readings of one load, which are then predicted. The findings go to $RESULT_DIR/metrics.json.
#
#   env LC_ALL=C awk -v degree=2 -v fold=0 -f fit.awk pontius.csv     (by hand, without RESULT_DIR: to the screen)
#
# Powers of a load, up to 3000000^6, would ruin ordinary normal equations; polynomials that are orthogonal over the
# readings do not (Forsythe 1957). POSIX awk, no mathematical functions: any awk gives the same digits.

BEGIN { FS = "," }

FNR > 1 {                                       # the first line holds the column names
    n++
    x[n] = $1 + 0
    y[n] = $2 + 0
    if (x[n] > largest) largest = x[n]
    if (!($1 in number)) number[$1] = loads++   # loads are numbered 0, 1, 2 ... in the order of the file
    load[n] = number[$1]
}

END {
    if ("0.5" + 0 != 1 / 2) stop("needs LC_ALL=C: in this locale numbers are written with a decimal comma")
    check("degree", degree, 1, loads - 2)
    check("fold", fold, 0, loads - 1)

    fit(-1)                                     # nothing left out
    for (i = 1; i <= n; i++) rss += residual[i] * residual[i]
    json = sprintf("\"b0\": %.17g, \"b1\": %.17g", b[0], b[1])
    if (degree >= 2) json = json sprintf(", \"b2\": %.17g", b[2])
    json = json sprintf(", \"residual_sd\": %.17g", root(rss / (n - degree - 1)))

    fit(fold)
    for (i = 1; i <= n; i++)
        if (load[i] == fold) { held_out++; sse += residual[i] * residual[i] }
    json = "{" json sprintf(", \"cv_mse\": %.17g, \"n_samples\": %d}", sse / held_out, held_out)

    if (ENVIRON["RESULT_DIR"] == "") print json
    else print json > (ENVIRON["RESULT_DIR"] "/metrics.json")
}

# Least squares over all readings but those of load number `skip`. Sets b[0..degree], the coefficients of the powers
# of the load, and residual[1..n], reading minus fit, for the readings left out too.
function fit(skip,    i, k, t, c, norm, last, moment, product, alpha, beta, new, p, p_before, q, q_before) {
    for (i = 1; i <= n; i++) { residual[i] = y[i]; p[i] = 1; p_before[i] = 0 }
    for (i = 0; i <= degree; i++) { b[i] = 0; q[i] = (i == 0); q_before[i] = 0 }

    # In t = x / largest: p[i] is the k-th orthogonal polynomial at reading i, q[] are its coefficients.
    for (k = 0; k <= degree; k++) {
        norm = moment = product = 0
        for (i = 1; i <= n; i++) {
            if (load[i] == skip) continue
            norm += p[i] * p[i]
            moment += p[i] * p[i] * x[i] / largest
            product += p[i] * residual[i]
        }
        c = product / norm
        alpha = moment / norm
        beta = k ? norm / last : 0
        last = norm

        for (i = 1; i <= n; i++) {
            residual[i] -= c * p[i]
            new = (x[i] / largest - alpha) * p[i] - beta * p_before[i]
            p_before[i] = p[i]
            p[i] = new
        }
        for (i = degree; i >= 0; i--) {
            b[i] += c * q[i]
            new = (i > 0 ? q[i - 1] : 0) - alpha * q[i] - beta * q_before[i]
            q_before[i] = q[i]
            q[i] = new
        }
    }
    for (i = t = 1; i <= degree; i++) b[i] /= (t *= largest)
}

# The square root, by Newton's method from above (busybox awk can come without sqrt).
function root(a,    r, last) {
    r = a + 1
    do { last = r; r = (r + a / r) / 2 } while (r < last)
    return last
}

function check(name, value, low, high) {
    if (value !~ /^[0-9]+$/ || value + 0 < low || value + 0 > high)
        stop("needs -v " name "=" low ".." high ", not '" value "'")
}

function stop(message) {
    print "fit.awk: " message > "/dev/stderr"
    exit 2
}
