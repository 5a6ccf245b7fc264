# Models that others published in a form of their own, in transformers'; and descriptions and answers
# that were made elsewhere: checked against the questions, then used like our own.

for published in STUDY.models.in_own_form():
    CONVERT_INTERNVL = Jobs("convert_internvl", **{"module": published})

    rule:
        name:
            f"convert_{published}"
        input:
            **CONVERT_INTERNVL.inputs({}),
        output:
            **CONVERT_INTERNVL.outputs,
        log:
            CONVERT_INTERNVL.log,
        benchmark:
            CONVERT_INTERNVL.timing
        priority: 80
        conda:
            "../../envs/models.yaml"
        resources:
            **asks(CONVERT_INTERNVL),
        params:
            **CONVERT_INTERNVL.params,
        message:
            f"converting the published {published}"
        script:
            STAGE


for imported in STUDY.evaluations.imported_files():
    IMPORT = Jobs("import_results", imported=imported)

    rule:
        name:
            f"import_{imported.number}"
        input:
            **IMPORT.inputs({}),
        output:
            **IMPORT.outputs,
        log:
            IMPORT.log,
        benchmark:
            IMPORT.timing
        priority: 90
        conda:
            "../../envs/tables.yaml"
        resources:
            **asks(IMPORT),
        params:
            **IMPORT.params,
        message:
            f"checking {imported.kind} made elsewhere: {{input.file}}"
        script:
            STAGE
