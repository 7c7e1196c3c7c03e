using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Snapshots;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Tests;

/// <summary>What this assembly does when a test starts it as a process of its own.</summary>
internal static class ChildProgram
{
    public static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["append", var state, var experiment, var runId]:
                return await AppendForeverAsync(Journal(state, experiment, runId));
            case ["append", var state, var experiment, var runId, var count]:
                for (var i = 0; i < int.Parse(count); i++)
                    await Journal(state, experiment, runId).AppendAsync(new NoteEvent($"{Environment.ProcessId}:{i}"));
                return 0;
            case ["lock", var path]:
                using (await FileLock.AcquireAsync(path, "a test", TimeSpan.FromSeconds(30)))
                {
                    Console.WriteLine("held");
                    Console.ReadLine();
                }

                return 0;
            case ["snapshot", var source, var root, var runId]:
                var manifest = await SnapshotBuilder.BuildAsync(source);
                Console.WriteLine(await new SnapshotStore(root).EnsureAsync(manifest, runId));
                return 0;
            case ["create", var path, var content]:
                Console.WriteLine(await DurableFile.TryCreateAsync(path, System.Text.Encoding.UTF8.GetBytes(content)));
                return 0;
            default:
                // The test platform starts the assembly too, without arguments.
                return 0;
        }
    }

    /// <summary>Each number that is printed was acknowledged before.</summary>
    private static async Task<int> AppendForeverAsync(RunJournal journal)
    {
        for (var i = 0; ; i++)
        {
            await journal.AppendAsync(new JobIdEvent(i, $"token{i}", $"{i}"));
            Console.WriteLine(i);
        }
    }

    private static RunJournal Journal(string state, string experiment, string runId) =>
        new RunStore(new(new() { JournalDirectory = state }), experiment, TimeProvider.System).Journal(runId);
}
