using System.Globalization;
using System.Text;

namespace HpcAgent.Benchmarks;

/// <summary>Results as a run would leave them: nine numbers for each task, in 500 groups.</summary>
internal static class ReduceData
{
    public const int GroupCount = 500;

    public static string PathOf(string root, long id) => string.Create(CultureInfo.InvariantCulture, $"{root}/{id / 1000}/{id}/metrics.json");

    public static long FileCount(string root) => long.Parse(File.ReadAllText(root + ".count"), CultureInfo.InvariantCulture);

    public static long RecordCount(string path) => long.Parse(File.ReadAllText(path + ".count"), CultureInfo.InvariantCulture);

    public static void MakeFiles(string root, long count)
    {
        if (File.Exists(root + ".count") && FileCount(root) == count) return;
        Random random = new(1);
        for (long id = 0; id < count; id++)
        {
            string path = PathOf(root, id);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, Record(random));
        }
        File.WriteAllText(root + ".count", count.ToString(CultureInfo.InvariantCulture));
    }

    public static void MakePacked(string path, long count)
    {
        if (File.Exists(path + ".count") && RecordCount(path) == count) return;
        Random random = new(1);
        using (StreamWriter writer = new(path, append: false, new UTF8Encoding(false)))
        {
            writer.NewLine = "\n";
            for (long id = 0; id < count; id++)
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{{\"task\":{id},\"metrics\":{Record(random)}}}"));
        }
        File.WriteAllText(path + ".count", count.ToString(CultureInfo.InvariantCulture));
    }

    private static string Record(Random random) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"a\":{random.NextDouble()},\"b\":{random.NextDouble()},\"c\":{random.NextDouble()},\"d\":{random.NextDouble()},\"e\":{random.NextDouble()},\"f\":{random.NextDouble()},\"g\":{random.NextDouble()},\"h\":{random.NextDouble()},\"n_samples\":{random.Next(1, 1000)}}}");
}
