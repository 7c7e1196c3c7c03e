using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using HpcAgent.Engine.Batch;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Tests.Batch;

public sealed class ResultUnpackerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a/b.txt", null, null)]
    [InlineData("../x", "leads out", "leads out")]
    [InlineData("a/../../x", "leads out", "leads out")]
    [InlineData("a//x", "leads out", "leads out")]
    [InlineData("/etc/passwd", "absolute", "absolute")]
    [InlineData("a\tb", "control", "control")]
    [InlineData("a\u0085b", "control", "control")]
    [InlineData("a\\b", "backslash", "backslash")]
    [InlineData("a\uFFFDb", "not UTF-8", "not UTF-8")]
    [InlineData("C:x", null, "absolute")]
    [InlineData("aux.csv", null, "device")]
    [InlineData("a/COM1/b", null, "device")]
    [InlineData("a/NUL .txt", null, "device")]
    [InlineData("console.txt", null, null)]
    [InlineData("com10.txt", null, null)]
    [InlineData("a./b", null, "ends with")]
    [InlineData("a:b", null, "absolute")]
    [InlineData("ab:b", null, "does not allow")]
    public void Names_are_judged_by_the_system_that_has_to_hold_them(string name, string? here, string? onWindows)
    {
        Expect(here, new ArchiveNames(isWindows: false, ignoresCase: false, []).Fault(name));
        Expect(onWindows, new ArchiveNames(isWindows: true, ignoresCase: true, []).Fault(name));

        static void Expect(string? wanted, string? found)
        {
            if (wanted is null) Assert.Null(found);
            else Assert.Contains(wanted, found, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Two_names_that_are_one_file_where_case_does_not_count_are_not_both_taken()
    {
        ArchiveNames names = new(isWindows: false, ignoresCase: true, ["0/0/Model.bin"]);
        Assert.Null(names.Fault("0/0/Model.bin"));
        Assert.Contains("'0/0/Model.bin'", names.Fault("0/0/model.bin"), StringComparison.Ordinal);
        Assert.Null(names.Fault("0/0/a"));
        Assert.NotNull(names.Fault("0/0/A"));
        ArchiveNames exact = new(isWindows: false, ignoresCase: false, ["0/0/Model.bin"]);
        Assert.Null(exact.Fault("0/0/model.bin"));
    }

    [Fact]
    public async Task A_hostile_archive_writes_nothing_outside_and_its_good_files_are_taken()
    {
        string target = Directory.CreateDirectory(_folder["in"]).FullName;
        Dictionary<string, (uint, long)> sums = new(StringComparer.Ordinal);
        using MemoryStream archive = new();
        await using (GZipStream gzip = new(archive, CompressionLevel.Fastest, leaveOpen: true))
        await using (TarWriter tar = new(gzip, TarEntryFormat.Gnu))
        {
            void Add(string name, string text, bool asked = true, uint? sum = null)
            {
                byte[] bytes = Encoding.UTF8.GetBytes(text);
                tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
                if (asked) sums[name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name] = (sum ?? PosixCrc.Compute(bytes), bytes.Length);
            }
            Add("./good", "one");
            Add("../outside", "no");
            Add("/" + _folder["absolute"].TrimStart('/'), "no");
            tar.WriteEntry(new GnuTarEntry(TarEntryType.SymbolicLink, "./up") { LinkName = ".." });
            tar.WriteEntry(new GnuTarEntry(TarEntryType.HardLink, "./hard") { LinkName = "./good" });
            tar.WriteEntry(new GnuTarEntry(TarEntryType.CharacterDevice, "./zero") { DeviceMajor = 1, DeviceMinor = 5 });
            tar.WriteEntry(new GnuTarEntry(TarEntryType.BlockDevice, "./disk"));
            tar.WriteEntry(new GnuTarEntry(TarEntryType.Fifo, "./pipe"));
            Add("./line\nbreak", "no");
            Add("./sub/../../outside", "no");
            Add("./" + new string('x', 256), "no");
            Add("./" + string.Join('/', Enumerable.Repeat(new string('d', 100), 50)), "no");
            Add("./up/through-link", "stays inside");
            Add("./unasked", "no", asked: false);
            Add("./changed", "no", sum: 1);
            Add("./sub/last", "two");
        }
        archive.Position = 0;
        ResultUnpacker unpacker = new(target, new ArchiveNames(isWindows: false, ignoresCase: false, []), sums);
        int told = 0;
        await unpacker.ReadAsync(archive, () => told++, CancellationToken.None);
        Assert.Equal(["good", "sub/last", "up/through-link"], Directory.GetFiles(target, "*", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(target, p).Replace('\\', '/')).Order(StringComparer.Ordinal));
        Assert.Equal([target], Directory.GetFileSystemEntries(_folder.Root));
        Assert.Equal((3, 3L), (told, unpacker.FileCount));
        Assert.Equal(13, unpacker.Refused.Count);
        Assert.Equal(3, unpacker.Refused.Count(r => (r.Contains("zero", StringComparison.Ordinal) || r.Contains("disk", StringComparison.Ordinal) || r.Contains("pipe", StringComparison.Ordinal)) && r.EndsWith("it is no plain file", StringComparison.Ordinal)));
        Assert.Equal(2, unpacker.Refused.Count(r => r.EndsWith("too long for this system", StringComparison.Ordinal)));
        Assert.Contains("'line?break' was not taken: it holds control characters", unpacker.Refused);
        Assert.Contains("'changed' was not taken: its checksum is not that of the cluster", unpacker.Refused);
    }

    [Fact]
    public async Task An_archive_that_is_cut_anywhere_leaves_only_whole_files()
    {
        Random random = new(5);
        Dictionary<string, (uint, long)> sums = new(StringComparer.Ordinal);
        using MemoryStream whole = new();
        await using (GZipStream gzip = new(whole, CompressionLevel.NoCompression, leaveOpen: true))
        await using (TarWriter tar = new(gzip, TarEntryFormat.Gnu))
        {
            for (int i = 0; i < 5; i++)
            {
                byte[] bytes = new byte[2000];
                random.NextBytes(bytes);
                sums[$"{i}"] = (PosixCrc.Compute(bytes), bytes.Length);
                tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, $"./{i}") { DataStream = new MemoryStream(bytes) });
            }
        }
        for (int length = 0; length < whole.Length; length += 611)
        {
            string target = Directory.CreateDirectory(_folder[$"cut-{length}"]).FullName;
            ResultUnpacker unpacker = new(target, new ArchiveNames(isWindows: false, ignoresCase: false, []), sums);
            try
            {
                await unpacker.ReadAsync(new MemoryStream(whole.ToArray(), 0, length), () => { }, CancellationToken.None);
            }
            catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
            {
                // That it is cut.
            }
            foreach (string path in Directory.GetFiles(target))
                Assert.Equal(sums[Path.GetFileName(path)], await PosixCrc.ComputeAsync(path, CancellationToken.None));
        }
    }
}
