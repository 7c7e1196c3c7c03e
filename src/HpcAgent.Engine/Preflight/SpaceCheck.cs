using System.Globalization;
using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Preflight;

/// <summary>Judges how much room there is.</summary>
internal static class SpaceCheck
{
    private const long Gibibyte = 1L << 30;
    private const long LeastFileCount = 10_000;

    /// <summary>Adds the check: below 1 GiB or 10,000 files is a warning, none at all a failure, and what is not known is left open.</summary>
    /// <param name="checks">Where it goes.</param>
    /// <param name="room">What is free, and where.</param>
    public static void Judge(CheckList checks, SiteRoom room)
    {
        if (room is { FreeBytes: null, FreeFileCount: null })
        {
            checks.Skip(CheckName.Space, "neither 'df -P' nor a quota tells");
            return;
        }
        string message = $"{string.Join(" and ", Parts(room))} are free in {room.Folder}{(room.IsBytesQuota || room.IsFilesQuota ? "" : "; a quota of yours may be smaller")}";
        if (room.FreeBytes <= 0 || room.FreeFileCount <= 0)
            checks.Fail(CheckName.Space, $"{message}: nothing can be written", "Make room there, or set 'scratch' to a folder that has some.");
        else if (room.FreeBytes < Gibibyte || room.FreeFileCount < LeastFileCount)
            checks.Warn(CheckName.Space, message, "Make room there before a large run.");
        else checks.Pass(CheckName.Space, message);
    }

    private static IEnumerable<string> Parts(SiteRoom room)
    {
        if (room.FreeBytes is { } bytes) yield return string.Create(CultureInfo.InvariantCulture, $"{(double)Math.Max(0, bytes) / Gibibyte:0.#} GiB{(room.IsBytesQuota ? " of your quota" : "")}");
        if (room.FreeFileCount is { } files) yield return string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, files)} files{(room.IsFilesQuota ? " of your quota" : "")}");
    }
}
