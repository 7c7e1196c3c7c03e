namespace HpcAgent.Engine.Tasks;

/// <summary>The three ways in which a value is written as JSON; all are compact.</summary>
internal enum JsonStyle
{
    /// <summary>Sorted keys, ASCII only: what Python's <c>json.dumps(v, sort_keys=True, separators=(",",":"))</c> writes.</summary>
    Canonical,

    /// <summary>Keys in their order, text beyond ASCII as it is.</summary>
    Plain,

    /// <summary>As plain, and without apostrophes or control characters, so that it can stand between single quotes of a shell.</summary>
    Record,
}
