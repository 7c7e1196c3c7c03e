BeforeDiscovery {
    Import-Module $env:HPCAGENT_MANIFEST
    $commands = Get-Command -Module HpcAgent | ForEach-Object { @{ Name = $_.Name; Command = $_ } }
}
BeforeAll { . "$PSScriptRoot/common.ps1" }

Describe '<Name>' -ForEach $commands {
    BeforeAll {
        $common = [Management.Automation.PSCmdlet]::CommonParameters + [Management.Automation.PSCmdlet]::OptionalCommonParameters
        $own = @($Command.Parameters.Values | Where-Object Name -NotIn $common)
        $help = Get-Help $Name -Full
        $attribute = $Command.ImplementingType.GetCustomAttributes([Management.Automation.CmdletAttribute], $true)[0]
    }

    It 'has an approved verb and a noun that begins with Hpc and that no other product owns' {
        (Get-Verb).Verb | Should -Contain $Command.Verb
        $Command.Noun | Should -Match '^Hpc(?!(Job|Task|Node|Pool|Operation|Test|Metric\w*)$)'
    }

    It 'says what it writes' { $Command.OutputType.Count | Should -BeGreaterThan 0 }

    It 'takes at most two things by position' {
        foreach ($set in $Command.ParameterSets) { @($set.Parameters | Where-Object Position -GE 0).Count | Should -BeLessOrEqual 2 }
    }

    It 'asks before it changes anything' {
        $changes = @{ Submit = 'Medium'; Resume = 'Medium'; Stop = 'High'; Remove = 'High'; Receive = 'Low'; Export = 'Low' }
        $attribute.SupportsShouldProcess | Should -Be $changes.ContainsKey($Command.Verb)
        if ($changes.ContainsKey($Command.Verb)) { "$($attribute.ConfirmImpact)" | Should -Be $changes[$Command.Verb] }
    }

    It 'binds nothing but the input object, or run, cluster and the like by name, from the pipeline' {
        $byValue = @($own | Where-Object { $_.ParameterSets.Values.ValueFromPipeline -contains $true }).Name
        $byName = @($own | Where-Object { $_.ParameterSets.Values.ValueFromPipelineByPropertyName -contains $true }).Name
        $byValue | Where-Object { $_ -ne 'InputObject' } | Should -BeNullOrEmpty
        if ($byValue) { $byName | Should -BeNullOrEmpty }
        $byName | Where-Object { $_ -notin 'RunId', 'Cluster', 'ExperimentPath', 'TaskId', 'Path' } | Should -BeNullOrEmpty
    }

    It 'has positive switches and singular names' {
        foreach ($parameter in $own) {
            $parameter.Name | Should -Not -Match '^(No|Not|Disable)[A-Z]'
            if ($parameter.ParameterType.IsArray) { $parameter.Name | Should -Not -Match '(?<!s|i)s$' }
        }
    }

    It 'takes and gives only types that scripts can name' {
        $types = @($own.ParameterType) + @($Command.OutputType | Where-Object Type | ForEach-Object Type)
        foreach ($type in $types) {
            $inner = [Nullable]::GetUnderlyingType($type) ?? $type
            $inner = $inner.IsArray ? $inner.GetElementType() : $inner
            $inner.FullName -as [type] | Should -Not -BeNullOrEmpty -Because "$type must be visible"
        }
    }

    It 'has help with synopsis, description and two examples, one of them a pipeline' {
        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.Synopsis | Should -Not -Match "^\s*$Name"
        $help.description.Text | Should -Not -BeNullOrEmpty
        $examples = @($help.examples.example)
        $examples.Count | Should -BeGreaterOrEqual 2
        "$($examples.code)" | Should -Match '\|'
        @($help.relatedLinks.navigationLink).Count | Should -BeGreaterThan 0
    }

    It 'describes every parameter' {
        foreach ($parameter in $own) {
            $described = $help.parameters.parameter | Where-Object name -EQ $parameter.Name
            $described.description.Text | Should -Not -BeNullOrEmpty -Because "-$($parameter.Name) needs words"
        }
    }
}
