namespace HpcAgent.Engine.Tasks;

/// <summary>What the shell does with the characters at a place of a command.</summary>
internal enum Quoting
{
    /// <summary>Outside quotes: the reference brings its own.</summary>
    Bare,

    /// <summary>Inside double quotes, or in a here-document: the reference is not split.</summary>
    Double,

    /// <summary>Inside single quotes: they are closed around the reference.</summary>
    Single,

    /// <summary>Inside <c>$'...'</c>: closed around the reference.</summary>
    Ansi,
}
