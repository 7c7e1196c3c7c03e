using System.Text;
using HpcAgent.Engine.Batch;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Tests.Batch;

public sealed class RoomTests
{
    private const string Space = "Filesystem 1024-blocks Used Available Capacity Mounted on\n";
    private const string Inodes = "Filesystem Inodes IUsed IFree IUse% Mounted on\n";

    // Of GNU df 9.1, busybox 1.35 and of file systems that do not count inodes (btrfs, vfat).
    [Theory]
    [InlineData("/dev/vda 16777216 467605 16309611 3% /\n", "/dev/vda", 16309611L)]
    [InlineData("nfs01.cluster.example.org:/export/projects/a long name/home/alice\n 16777216 467605 9 100% /home/alice\n", "nfs01.cluster.example.org:/export/projects/a long name/home/alice", 9L)]
    [InlineData("overlay 512 512 0 100% /my 50% files\n", "overlay", 0L)]
    [InlineData("/dev/sdb 0 0 0 - /btrfs\n", null, null)]
    [InlineData("/dev/sdb - - - - /boot/efi\n", null, null)]
    [InlineData("", null, null)]
    public void Free_inodes_are_read_from_df_and_what_is_not_counted_is_not_known(string row, string? device, long? free)
    {
        DiskFree? read = DiskFree.Files(Inodes + row);
        Assert.Equal((device, free), (read?.Device, read?.Free));
    }

    // Of Linux quota 4.06 without and with -p, wrapped and not; of lfs 2.15.
    [Theory]
    [InlineData("Disk quotas for user alice (uid 1001): none\n", null, null)]
    [InlineData("     Filesystem  blocks   quota   limit   grace   files   quota   limit   grace\n       /dev/vda     400     900    1000              30      40      50        \n", 600L * 1024, 20L)]
    [InlineData("     Filesystem  blocks   quota   limit   grace   files   quota   limit   grace\n       /dev/vda     400     900    1000       0      30      40      50       0\n", 600L * 1024, 20L)]
    [InlineData("     Filesystem  blocks   quota   limit   grace   files   quota   limit   grace\n/dev/vda\n                    950*    900    1000   6days      45*     40      50    none\n", 50L * 1024, 5L)]
    [InlineData("     Filesystem  blocks   quota   limit   grace   files   quota   limit   grace\n/dev/vda\n                    950*    900    1000   6days      45      0      0\n", 50L * 1024, null)]
    [InlineData("       /dev/vda     1001*    900    1000    none      51*     40      50   6days\n", -1024L, -1L)]
    [InlineData("       /dev/vda     400     900       0              30      40       0        \n", 500L * 1024, 10L)]
    [InlineData("       /dev/vda     400       0       0              30       0       0        \n", null, null)]
    [InlineData("       /dev/vdb     400     900    1000              30      40      50        \n", null, null)]
    [InlineData("Disk quotas for usr alice (uid 1001):\n     Filesystem  kbytes   quota   limit   grace   files   quota   limit   grace\n       /scratch     400       0    1000       -      30       0      50       -\nuid 1001 is using default file quota setting\n", 600L * 1024, 20L)]
    [InlineData("       /scratch     [400]       0    1000       -      30       0      50       -\n", null, 20L)]
    [InlineData("       /scratch     400       0    1000       -      30       0      50       -\nDisk quotas for grp g (gid 7):\n       /scratch     999       0    1000       -      30       0       0       -\n", 1024L, 20L)]
    public void A_quota_leaves_what_its_hard_limit_or_else_its_soft_one_leaves(string text, long? bytes, long? files) =>
        Assert.Equal(new QuotaLeft(bytes, files), QuotaLeft.Read(text, name => name is "/dev/vda" or "/scratch"));

    [Fact]
    public void The_quota_bounds_the_room_where_it_is_less_than_the_file_system()
    {
        SiteRoom room = RoomScript.Read(
            Answer(Space + "nas:/h 9000 1 5000 1% /home\n", Inodes + "nas:/h 100 60 40 60% /home\n", "nas:/h 400 900 1000 30 40 500\n/home 1 2 3 1 2 3\n"), "/home/me/runs");
        Assert.Equal(new SiteRoom { Folder = "/home/me/runs", FreeBytes = 2 * 1024, FreeFileCount = 2, IsBytesQuota = true, IsFilesQuota = true }, room);
        SiteRoom wide = RoomScript.Read(Answer(Space + "nas:/h 9000 1 5000 1% /home\n", Inodes + "nas:/h 100 60 40 60% /home\n", "nas:/h 1 0 9000 30 40 500\n"), "/home/me");
        Assert.Equal(new SiteRoom { Folder = "/home/me", FreeBytes = 5000 * 1024, FreeFileCount = 40 }, wide);
        Assert.Equal(new SiteRoom { Folder = "/home/me" }, RoomScript.Read(Answer("", "", ""), "/home/me"));
    }

    [Theory]
    [InlineData("/scratch/me", "/scratch/me/exp-1", true)]
    [InlineData("/scratch/me/", "/scratch/me", true)]
    [InlineData("/scratch/me", "/scratch/me2/exp", false)]
    public void Room_is_known_only_below_the_folder_that_was_asked_about(string folder, string path, bool isKnown) =>
        Assert.Equal(isKnown, new SiteRoom { Folder = folder }.Covers(path));

    [SkippableFact]
    public async Task The_script_asks_this_machine()
    {
        Skip.If(OperatingSystem.IsWindows(), "there is no df");
        using TempFolder temp = new();
        (int exit, string text, string errors) = await ChildProcess.TryRunAsync(
            "/bin/sh", null, ["-c", $"hpc_part() {{ printf '\\1%s\\n' \"$1\"; }}\n{RoomScript.Find(temp["not/yet there"])}{RoomScript.Ask}printf '%s' \"$hpc_near\""]);
        Assert.Equal((0, ""), (exit, errors));
        Dictionary<string, string> parts = text.Split('\u0001', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('\n', 2)).ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);
        Assert.EndsWith(temp.Root, text, StringComparison.Ordinal);
        SiteRoom room = RoomScript.Read(Answer(parts["space"], parts["inodes"], ""), temp.Root);
        Assert.InRange(room.FreeBytes ?? -1, 1, new DriveInfo(temp.Root).TotalSize);
    }

    private static HostAnswer Answer(string space, string inodes, string quota) => new()
    {
        ExitCode = 0,
        Parts = [Part("space", space), Part("inodes", inodes), Part("quota", quota)],
        Preface = "",
        Wire = new Wire(),
    };

    private static AnswerPart Part(string name, string text) => new(name, Encoding.UTF8.GetBytes(text));
}
