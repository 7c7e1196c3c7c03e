using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Aggregation;

namespace HpcAgent.Engine.Tests.Aggregation.Exactness;

/// <summary>Whichever digit of the inputs changes, and whichever record is lost or comes twice, verification says so.</summary>
public sealed class AlteredInputTests
{
    [Fact]
    public void A_changed_digit_a_lost_record_and_a_doubled_one_in_an_archive_are_noticed() =>
        Prop.ForAll(RunCase.Arbitrary(mostTasks: 12), run => CheckArchiveAsync(run).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(Rounds(30)));

    [Fact]
    public void A_changed_digit_a_lost_file_and_a_copied_one_are_noticed() =>
        Prop.ForAll(RunCase.Arbitrary(mostTasks: 12), run => CheckFilesAsync(run).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(Rounds(30)));

    private static int Rounds(int usual) => AllWaysTests.Rounds(usual);

    private static async Task CheckArchiveAsync(RunCase run)
    {
        Random random = new(run.Seed);
        using RunFolder folder = Written(run);
        RecordedAggregate recorded = await folder.RecordAsync();
        long[] usable = Usable(run);
        string[] before = Violated(await folder.CheckArchiveAsync(recorded));
        Assert.DoesNotContain(before, name => name is "digest" or "statistics" or "provenance_present" or "no_duplicates");
        foreach (long id in usable.OrderBy(_ => random.Next()).Take(2))
        {
            int wave = (int)id / run.TasksPerWave;
            string whole = Encoding.Latin1.GetString(File.ReadAllBytes(folder.Wave(wave)));
            string line = whole.Split('\n').Single(l => l.StartsWith(FormattableString.Invariant($"{{\"task\":{id},"), StringComparison.Ordinal)) + "\n";
            await AlterAsync("digit", line, WithOtherDigit(line, random), "digest");
            await AlterAsync("lost", line, "", "digest", "all_tasks_present", "all_waves_combined");
            await AlterAsync("doubled", line, line + line);
            string other = WithOtherDigit(line, random, line.IndexOf("metrics", StringComparison.Ordinal));
            if (other != line) await AlterAsync("two of one task", line, line + other, "digest", "no_duplicates");

            async Task AlterAsync(string what, string text, string altered, params string[] violated)
            {
                File.WriteAllBytes(folder.Wave(wave), Encoding.Latin1.GetBytes(whole.Replace(text, altered, StringComparison.Ordinal)));
                Expect(what, await folder.CheckArchiveAsync(recorded), [.. violated, "provenance_present"]);
                // As if it had been packed so: then the record of the aggregate alone knows better.
                await folder.AdmitAsync(wave);
                AggregateCheck check = await folder.CheckArchiveAsync(recorded);
                if (violated.Length > 0) Expect(what + ", admitted", check, violated);
                // The same content twice counts once, and is told.
                else Assert.Equal([id], check.DuplicateTaskIds);
                File.WriteAllBytes(folder.Wave(wave), Encoding.Latin1.GetBytes(whole));
                await folder.AdmitAsync(wave);
            }
        }
        Assert.Equal(before, Violated(await folder.CheckArchiveAsync(recorded)));
    }

    private static async Task CheckFilesAsync(RunCase run)
    {
        Random random = new(run.Seed);
        using RunFolder folder = Written(run);
        RecordedAggregate recorded = await folder.RecordAsync();
        string[] before = Violated(await folder.CheckFilesAsync(recorded));
        long[] usable = Usable(run);
        foreach (long id in usable.OrderBy(_ => random.Next()).Take(3))
        {
            string path = folder.PathOf(id);
            byte[] whole = File.ReadAllBytes(path);
            string text = Encoding.Latin1.GetString(whole), other = WithOtherDigit(text, random);
            if (other != text)
            {
                File.WriteAllBytes(path, Encoding.Latin1.GetBytes(other));
                Expect("digit", await folder.CheckFilesAsync(recorded), "digest");
            }
            File.Delete(path);
            Expect("lost", await folder.CheckFilesAsync(recorded), "digest", "all_tasks_present", "all_waves_combined");
            File.WriteAllBytes(path, whole);
            // A record of one task at the place of another, of which nothing usable is there, or of none.
            long[] free = [.. Enumerable.Range(0, run.Tasks.Count).Select(i => (long)i).Except(usable)];
            string copy = folder.PathOf(free.Length > 0 ? free[0] : run.Tasks.Count);
            byte[]? there = File.Exists(copy) ? File.ReadAllBytes(copy) : null;
            _ = Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllBytes(copy, whole);
            Expect("copied", await folder.CheckFilesAsync(recorded), free.Length > 0 ? "digest" : "no_unexpected_tasks");
            Directory.Delete(Path.GetDirectoryName(copy)!, recursive: true);
            if (there is null) continue;
            _ = Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllBytes(copy, there);
        }
        Assert.Equal(before, Violated(await folder.CheckFilesAsync(recorded)));
    }

    private static RunFolder Written(RunCase run)
    {
        RunFolder folder = new(run);
        for (int round = 0; round < RunCase.Rounds; round++) folder.Write(round);
        return folder;
    }

    private static long[] Usable(RunCase run) => [.. Enumerable.Range(0, run.Tasks.Count).Where(id => run.Tasks[id].Leaves is not null).Select(id => (long)id)];

    private static string[] Violated(AggregateCheck check) => [.. check.Invariants.Where(i => i.State == InvariantState.Violated).Select(i => i.Name)];

    private static void Expect(string what, AggregateCheck check, params string[] violated)
    {
        string[] now = Violated(check);
        Assert.True(
            violated.All(now.Contains),
            $"{what}: expected {string.Join(',', violated)}, but violated are {string.Join(',', now)}:\n{string.Join('\n', check.Invariants)}");
    }

    /// <summary>The text with one digit changed; the same if it has none.</summary>
    private static string WithOtherDigit(string text, Random random, int from = 0)
    {
        int[] places = [.. Enumerable.Range(from, text.Length - from).Where(i => char.IsAsciiDigit(text[i]))];
        if (places.Length == 0) return text;
        int at = places[random.Next(places.Length)];
        string digit = ((text[at] - '0' + random.Next(1, 10)) % 10).ToString(CultureInfo.InvariantCulture);
        return text[..at] + digit + text[(at + 1)..];
    }
}
