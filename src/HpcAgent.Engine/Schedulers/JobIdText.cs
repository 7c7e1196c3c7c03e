namespace HpcAgent.Engine.Schedulers;

/// <summary>
/// Where it is decided what the id of a submitted job is. The cluster itself must know it, to write it down before the connection can be cut:
/// so it is shell text and nothing else.
/// </summary>
internal static class JobIdText
{
    /// <summary>
    /// A filter from what a submission printed to its id, or to nothing: <c>83</c>, <c>106;cluster</c>, <c>4.1-50:1</c>, and the sentences of a site's wrapper
    /// that drops <c>--parsable</c> or <c>-terse</c>. Where a site's plugin prints lines of its own, the last id counts.
    /// </summary>
    public const string Read =
        "sed -n -e 's/^Submitted batch job \\([0-9]*\\).*$/\\1/' -e 's/^Your job \\([0-9]*\\) .*$/\\1/' -e 's/^Your job-array \\([0-9]*\\)[.].*$/\\1/' " +
        "-e 's/^\\([0-9][0-9]*\\);.*$/\\1/' -e 's/^\\([0-9][0-9]*\\)[.][0-9][-0-9:]*$/\\1/' -e '/^[0-9][0-9]*$/p' | tail -n 1";
}
