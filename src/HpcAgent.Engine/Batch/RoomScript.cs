using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Batch;

/// <summary>Asks how much room there is below the folder in which runs are to live, and reads the answer. It is a part of other scripts.</summary>
/// <remarks>
/// Parts: <c>space</c> (<c>df -P</c>), <c>inodes</c> (<c>df -Pi</c>), <c>quota</c> (<c>quota</c>, then <c>lfs quota</c> of user and group, where these exist).
/// None of them is waited for longer than some seconds where <c>timeout</c> exists: a file server may hang.
/// </remarks>
internal static class RoomScript
{
    private const string FindText = """
        hpc_scratch=@SCRATCH@
        case $hpc_scratch in '~') hpc_scratch=$HOME ;; '~/'*) hpc_scratch=$HOME/${hpc_scratch#'~/'} ;; esac
        # The folder, or the nearest one above it that is there: a folder made in it proves that the rest can be made.
        hpc_near=$hpc_scratch
        while [ ! -d "$hpc_near" ] && [ "$hpc_near" != / ] && [ -n "$hpc_near" ]; do
          [ ! -e "$hpc_near" ] || break
          hpc_near=${hpc_near%/*}; hpc_near=${hpc_near:-/}
        done

        """;

    private const string AskText = """
        hpc_soon=$(command -v timeout >/dev/null 2>&1 && echo timeout -k 2 10)
        hpc_part space; $hpc_soon df -P "$hpc_near" 2>/dev/null
        hpc_part inodes; $hpc_soon df -Pi "$hpc_near" 2>/dev/null
        hpc_part quota
        # Its exit status is 1 where a quota is overdrawn.
        if command -v quota >/dev/null 2>&1; then hpc_m=$($hpc_soon quota -w -p 2>/dev/null); [ -n "$hpc_m" ] || hpc_m=$($hpc_soon quota 2>/dev/null); printf '%s\n' "$hpc_m"; fi
        if command -v lfs >/dev/null 2>&1; then $hpc_soon lfs quota -u "$(id -un)" "$hpc_near" 2>/dev/null; $hpc_soon lfs quota -g "$(id -gn)" "$hpc_near" 2>/dev/null; fi

        """;

    /// <summary>Shell text that sets <c>hpc_scratch</c> to the folder and <c>hpc_near</c> to the nearest one above it that is there.</summary>
    /// <param name="scratch">The folder; may begin with <c>~/</c>.</param>
    public static string Find(string scratch) => FindText.Replace("@SCRATCH@", ShellQuote.Always(scratch), StringComparison.Ordinal);

    /// <summary>Shell text that asks about <c>hpc_near</c>.</summary>
    public static string Ask => AskText;

    /// <summary>Reads the answer.</summary>
    /// <param name="answer">The answer of a script with <see cref="Ask"/> in it.</param>
    /// <param name="folder">The folder that was asked about, without <c>~</c>.</param>
    public static SiteRoom Read(HostAnswer answer, string folder)
    {
        DiskFree? space = DiskFree.Bytes(answer.Text("space"));
        DiskFree? inodes = DiskFree.Files(answer.Text("inodes"));
        string? device = space?.Device ?? inodes?.Device;
        // Lustre names the folder that was asked about, or where it is mounted.
        QuotaLeft quota = QuotaLeft.Read(answer.Text("quota"), name => name == device || (name.StartsWith('/') && new SiteRoom { Folder = name }.Covers(folder)));
        bool isBytesQuota = quota.Bytes < (space?.Free ?? long.MaxValue), isFilesQuota = quota.FileCount < (inodes?.Free ?? long.MaxValue);
        return new SiteRoom
        {
            Folder = folder,
            FreeBytes = isBytesQuota ? quota.Bytes : space?.Free,
            FreeFileCount = isFilesQuota ? quota.FileCount : inodes?.Free,
            IsBytesQuota = isBytesQuota,
            IsFilesQuota = isFilesQuota,
        };
    }
}
