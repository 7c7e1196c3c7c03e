using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace HpcAgent.Engine.Hosts;

/// <summary>
/// What is sent for one script (design, section 6): a command line that every login shell understands, and the text that it reads from
/// its standard input and evaluates. Behind the text comes the payload.
/// </summary>
internal sealed class WireText
{
    /// <summary>The status with which the command line ends if the text did not arrive as it was sent.</summary>
    public const int DamagedStatus = 97;

    private const string Opening = "{ #hpc";
    private const string Closing = "} #hpc";

    private WireText(string boundary, byte[] bytes)
    {
        Boundary = boundary;
        Bytes = bytes;
    }

    /// <summary>What all marks of the answer begin with: 128 random bits in hexadecimal.</summary>
    public string Boundary { get; }

    /// <summary>The text, to be sent before the payload.</summary>
    public byte[] Bytes { get; }

    /// <summary>
    /// The command for the login shell. <c>dd</c> takes the text byte by byte, so that the payload is left for the script. A text that is
    /// cut, or of which start-up files have read a part, does not both begin and end as it should and is not evaluated at all.
    /// </summary>
    public string CommandLine => string.Create(
        CultureInfo.InvariantCulture,
        $"exec /bin/sh -c 't=$(dd bs=1 count={Bytes.Length} 2>/dev/null); case $t in \"{Opening}\"*\"{Closing}\") eval \"$t\";; *) exit {DamagedStatus};; esac'");

    /// <summary>Makes the text of a script, with a boundary of its own.</summary>
    /// <param name="script">The script.</param>
    public static WireText Create(string script) => Create(script, RandomNumberGenerator.GetHexString(32, lowercase: true));

    internal static WireText Create(string script, string boundary)
    {
        if (script.Contains('\0', StringComparison.Ordinal)) throw new ArgumentException("a shell script cannot contain NUL", nameof(script));

        // The halves keep the boundary out of what a script prints when it lists its variables and functions. The script runs in a
        // subshell, so that its exit, its own traps and its settings end there and the status is told in any case.
        var mark = $"printf '%s%s>%s %s\\n' {boundary[..16]} {boundary[16..]}";
        string[] lines =
        [
            Opening,
            $"hpc_part() {{ {mark} part \"$1\"; }}",
            $"{mark} begin 0",
            "(",
            ":",
            script,
            ")",
            $"{mark} end \"$?\"",
            Closing,
        ];
        return new(boundary, Encoding.UTF8.GetBytes(string.Join('\n', lines)));
    }
}
