CREATE TABLE public.author (
    id integer NOT NULL,
    name character varying(100) NOT NULL,
    mentor_id integer
);
CREATE SEQUENCE public.author_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.author_id_seq OWNED BY public.author.id;
CREATE TABLE public.book (
    id uuid NOT NULL,
    title character varying(200) NOT NULL,
    views bigint NOT NULL,
    price numeric(8,2),
    size character varying(10) NOT NULL,
    stamp timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    author_id integer NOT NULL,
    CONSTRAINT views_positive CHECK ((views >= 0))
);
CREATE TABLE public.book_tag (
    book_id uuid NOT NULL,
    tag_id character varying(20) NOT NULL
);
CREATE TABLE public.loan (
    id bigint NOT NULL,
    token character varying(64) DEFAULT substr(md5((((random())::text || (clock_timestamp())::text) || 0)), 1, 16) NOT NULL,
    took bigint,
    data jsonb NOT NULL,
    book_id uuid
);
CREATE SEQUENCE public.loan_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.loan_id_seq OWNED BY public.loan.id;
CREATE TABLE public.orm_migrations (
    id integer NOT NULL,
    app character varying(100) NOT NULL,
    name character varying(255) NOT NULL,
    applied_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.orm_migrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.orm_migrations_id_seq OWNED BY public.orm_migrations.id;
CREATE TABLE public.tag (
    code character varying(20) NOT NULL
);
ALTER TABLE ONLY public.author ALTER COLUMN id SET DEFAULT nextval('public.author_id_seq'::regclass);
ALTER TABLE ONLY public.loan ALTER COLUMN id SET DEFAULT nextval('public.loan_id_seq'::regclass);
ALTER TABLE ONLY public.orm_migrations ALTER COLUMN id SET DEFAULT nextval('public.orm_migrations_id_seq'::regclass);
INSERT INTO public.author VALUES (1, 'Ada', NULL);
INSERT INTO public.author VALUES (2, 'Bob', 1);
INSERT INTO public.book VALUES ('00000000-0000-0000-0000-000000000001', 'Notes', 20, 9.50, 'large', '2026-11-29 15:04:18.620945+00', 1);
INSERT INTO public.book VALUES ('00000000-0000-0000-0000-000000000002', 'Engine', 5, NULL, 's', '2026-11-29 15:04:18.624366+00', 2);
INSERT INTO public.book_tag VALUES ('00000000-0000-0000-0000-000000000001', 'sql');
INSERT INTO public.loan VALUES (1, '3253bc9b70f45e73', 3600000000, '{"a": [null], "z": 1}', '00000000-0000-0000-0000-000000000001');
INSERT INTO public.orm_migrations VALUES (1, 'models', '0001_initial', '2026-11-29 15:04:18.583629+00');
INSERT INTO public.orm_migrations VALUES (2, 'models', '0002_second', '2026-11-29 15:04:18.611063+00');
INSERT INTO public.tag VALUES ('sql');
SELECT pg_catalog.setval('public.author_id_seq', 2, true);
SELECT pg_catalog.setval('public.loan_id_seq', 1, true);
SELECT pg_catalog.setval('public.orm_migrations_id_seq', 2, true);
ALTER TABLE ONLY public.author
    ADD CONSTRAINT author_name_key UNIQUE (name);
ALTER TABLE ONLY public.author
    ADD CONSTRAINT author_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.book
    ADD CONSTRAINT book_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.book_tag
    ADD CONSTRAINT book_tag_pkey PRIMARY KEY (book_id, tag_id);
ALTER TABLE ONLY public.loan
    ADD CONSTRAINT loan_book_id_key UNIQUE (book_id);
ALTER TABLE ONLY public.loan
    ADD CONSTRAINT loan_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.book
    ADD CONSTRAINT one_price UNIQUE (title, price);
ALTER TABLE ONLY public.orm_migrations
    ADD CONSTRAINT orm_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tag
    ADD CONSTRAINT tag_pkey PRIMARY KEY (code);
ALTER TABLE ONLY public.book
    ADD CONSTRAINT uniq_book_author_id_title UNIQUE (author_id, title);
CREATE UNIQUE INDEX idx_book_price ON public.book USING btree (price);
CREATE INDEX idx_book_title_views ON public.book USING btree (title, views);
CREATE INDEX popular ON public.book USING btree (views) WHERE (views > 10);
ALTER TABLE ONLY public.author
    ADD CONSTRAINT author_mentor_id_fkey FOREIGN KEY (mentor_id) REFERENCES public.author(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.book
    ADD CONSTRAINT book_author_id_fkey FOREIGN KEY (author_id) REFERENCES public.author(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.book_tag
    ADD CONSTRAINT book_tag_book_id_fkey FOREIGN KEY (book_id) REFERENCES public.book(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.book_tag
    ADD CONSTRAINT book_tag_tag_id_fkey FOREIGN KEY (tag_id) REFERENCES public.tag(code) ON DELETE CASCADE;
ALTER TABLE ONLY public.loan
    ADD CONSTRAINT loan_book_id_fkey FOREIGN KEY (book_id) REFERENCES public.book(id) ON DELETE RESTRICT;
