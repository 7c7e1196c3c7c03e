using System.Text.Json;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Operations.Submit;

/// <summary>Opens the one source of tasks that a request names.</summary>
internal static class RequestTasks
{
    public static async Task<TaskSet> OpenAsync(SubmitRequest request, OperationContext context, CancellationToken cancellationToken)
    {
        int given = (request.TaskSet is null ? 0 : 1) + (request.Tasks is null ? 0 : 1) +
            (request.TasksFile is null ? 0 : 1) + (request.TaskGenerator is null ? 0 : 1);
        if (given > 1) throw Invalid("more than one of tasks, tasks_file and task_generator is given", "Give one of them.");
        if (request.TaskSet is { } tasks) return tasks;
        if (request.Tasks is { } list) return FromList(list);
        if (request.TaskGenerator is { } generator) return TaskGenerator.Create(generator);
        string? path = request.TasksFile is { } file
            ? Path.GetFullPath(file, context.ExperimentPath)
            : TaskFile.FindDefault(context.ExperimentPath);
        if (path is null)
            throw Invalid(
                $"there are no tasks: the request names none and {context.ExperimentPath} has no .hpc/tasks.{{csv,json,jsonl,yaml,py}}",
                "Give tasks, tasks_file or task_generator, or make such a file.");
        TaskFileOptions options = new() { Python = context.Environment.GetValueOrDefault("HPC_PYTHON") };
        return await TaskFile.OpenAsync(path, options, cancellationToken);
    }

    private static TaskSet FromList(JsonElement list)
    {
        object? value = ParameterValue.FromJson(list);
        return value is IReadOnlyList<object?> items
            ? TaskSet.FromObjects(items)
            : throw Invalid("'tasks' is not a list", "Give a list of maps from parameter name to value.");
    }

    private static HpcException Invalid(string message, string remediation) => new(ErrorCode.SpecInvalid, message, remediation);
}
