using System.Security.Cryptography;
using System.Text;

namespace HpcAgent.Engine.Storage;

/// <summary>Tells repositories apart by where they really are, so that one folder has one journal however its path is written.</summary>
public static class RepositoryIdentity
{
    private const int Digits = 12;

    /// <summary>The first 12 hexadecimal digits of the sha256 of the canonical path (reference 4.3).</summary>
    /// <param name="experimentPath">The user's folder, absolute.</param>
    public static string Compute(string experimentPath) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical(experimentPath))))[..Digits].ToLowerInvariant();

    /// <summary>The path with all links resolved, without a separator at its end, and in lower case on Windows.</summary>
    /// <param name="experimentPath">The user's folder, absolute.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: the path is relative, or its links lead in a circle.</exception>
    public static string Canonical(string experimentPath)
    {
        if (!Path.IsPathFullyQualified(experimentPath))
            throw new HpcException(ErrorCode.SpecInvalid, $"'{experimentPath}' is not an absolute path.", "Give the absolute path of the experiment's folder.");
        try
        {
            var real = RealPath.Resolve(experimentPath);
            return OperatingSystem.IsWindows() ? real.ToLowerInvariant() : real;
        }
        catch (IOException error)
        {
            throw new HpcException(ErrorCode.SpecInvalid, $"'{experimentPath}' cannot be resolved: {error.Message}.", "Repair its symbolic links.", error);
        }
    }
}
