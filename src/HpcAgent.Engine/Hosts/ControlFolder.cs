using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Hosts;

/// <summary>
/// The folder of the sockets of shared connections and of the logs of running calls. Whoever can enter it can use the connections, so it
/// must be the user's alone; and the path of a socket is short by nature.
/// </summary>
internal static class ControlFolder
{
    // sun_path has 104 bytes on BSD and macOS; ssh adds a dot and 16 characters while it makes the socket.
    private const int LongestSocketPath = 104 - 1 - 17;
    private const int NameLength = 16;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Finds or makes the folder: a local one below <c>/tmp</c>, or one in the state folder.</summary>
    /// <param name="stateFolder">The folder of the state for ssh.</param>
    /// <returns>The folder, or null if there is none that is private.</returns>
    public static string? Ensure(string stateFolder)
    {
        if (OperatingSystem.IsWindows()) return null;
        var temporary = string.Create(CultureInfo.InvariantCulture, $"/tmp/hpc-agent-{Posix.CurrentUserId()}");
        return TryMake(temporary) ?? TryMake(Path.Join(stateFolder, "c"));
    }

    /// <summary>The socket of a connection.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="identity">All that makes a connection different from others.</param>
    /// <returns>The path, or null if it would be too long.</returns>
    public static string? Socket(string folder, string identity)
    {
        var digest = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(identity)));
        var path = Path.Join(folder, digest[..NameLength]);
        return Encoding.UTF8.GetByteCount(path) <= LongestSocketPath ? path : null;
    }

    private static string? TryMake(string folder)
    {
        if (OperatingSystem.IsWindows()) return null;
        try
        {
            Directory.CreateDirectory(folder, OwnerOnly);
            return Posix.IsPrivateFolder(folder) ? folder : null;
        }
        catch (Exception error) when (StorageError.IsStorageError(error))
        {
            return null;
        }
    }
}
